import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from './adjoin/generate';

/** Some of those that need no servers, small: that they work, never how fast. */
const SOME = ['adjoin', 'state', 'uv', 'recovery'];
const workspace = join(__dirname, '../../..');

const bench = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(workspace, 'dist/tools/bench/main.js'), ...args], {
    cwd: workspace,
    encoding: 'utf8',
    env: { ...process.env, IN: '', WARM: '', PEERS: '', ...environment },
  });
  const lines = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines, stdout, stderr, status };
};

jest.setTimeout(600_000);

describe('npm run bench', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-bench-spec-'));
    generate(folder, { clicks: 1_500, days: 14, seed: 7 });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('prints a line per run, each held to what is right, of a folder of the generator', () => {
    const size = ['--json', '--runs', '1', '--clicks', '1500'];
    const { lines, stderr, status } = bench([...SOME, ...size], { IN: folder, WARM: folder });
    expect({ status, problems: status === 0 ? '' : stderr }).toEqual({ status: 0, problems: '' });
    expect([...new Set(lines.map((line) => line['bench']))]).toEqual(SOME);
    for (const line of lines)
      expect(line).toMatchObject({
        correct: true,
        us_per_event: expect.any(Number),
        events: expect.any(Number),
        node: process.version,
        load_before: expect.any(Number),
      });
    const ours = lines.filter((line) => line['bench'] === 'adjoin');
    expect(ours.map((line) => line['what'])).toEqual(['full', 'ad-day', 'full, encoded']);
    for (const line of ours) expect(line).toMatchObject({ found: { clicks: 1_500, conversions: 75, wrong: 0, rows_wrong: 0 } });
  });

  it('says its method and a table at the end', () => {
    const { stdout, status } = bench(['ods', '--runs', '1', '--only', 'decode'], { IN: folder });
    expect(status).toBe(0);
    expect(stdout).toContain('Candidates take turns');
    expect(stdout).toMatch(/^\| ods, decode +\| +1 \|/m);
  });

  it('knows its names', () => {
    const { stderr, status } = bench(['speed']);
    expect(status).toBe(2);
    expect(stderr).toContain('No bench speed; there are adjoin,');
  });
});
