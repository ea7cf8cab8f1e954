import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dashboardFile, dashboardNames } from './dashboards/read';
import { GUIDE, RULES } from './places';
import { documentedConfig } from './prometheus-config';
import { promtool } from './rules/promtool';
import { RUNBOOKS_URL } from './runbooks';

// Installing promtool may be part of it.
jest.setTimeout(300_000);

const guide = readFileSync(GUIDE, 'utf8');

test('promtool accepts the documented configuration, and finds the rules by it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-prometheus-'));
  try {
    symlinkSync(join(RULES, '../..'), join(folder, 'deploy'));
    writeFileSync(join(folder, 'prometheus.yml'), documentedConfig());
    const { good, said } = await promtool('check', 'config', join(folder, 'prometheus.yml'));
    expect([good, good ? '' : said]).toEqual([true, '']);
    expect(said).toMatch(/rules found/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every YAML block is YAML', () => {
  const blocks = [...guide.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  expect(blocks.length).toBeGreaterThan(2);
  for (const block of blocks) expect(typeof parse(block)).toBe('object');
});

test('it lists the dashboards', () => {
  const listed = [...guide.matchAll(/^\| .* \(`(millrace-[a-z]+)`\) \|/gm)].map(([, uid]) => uid);
  expect(listed.sort()).toEqual(
    dashboardNames()
      .map((name) => dashboardFile(name).uid)
      .sort(),
  );
});

test('it says where the addresses of the runbooks are changed', () => {
  expect(guide).toContain(`s#${RUNBOOKS_URL}#`);
});
