import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutated } from './mutated';
import { MUTANTS, type Mutant } from './table';

// A build and some hundred histories each, on a machine that may be busy.
jest.setTimeout(120_000);

const workspace = join(__dirname, '../../../..');

/** What a build of DWD and its proof finds wrong with itself. */
async function hunted(mutant: Mutant): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  const outfile = join(folder, 'hunt.cjs');
  try {
    await build({
      entryPoints: [join(__dirname, 'hunt.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      external: ['chdb', '@clickhouse/client'],
      logLevel: 'silent',
      absWorkingDir: workspace,
      plugins: [mutated(mutant)],
    });
    const { stdout, stderr, status } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a mutant is caught', () => {
  const caught: Record<string, string> = {};
  afterAll(() =>
    process.stdout.write(
      `${Object.entries(caught)
        .map(([name, by]) => `${name.padEnd(56)} caught by ${by}`)
        .join('\n')}\n`,
    ),
  );

  it.each(MUTANTS)('$name', async (mutant) => {
    const by = await hunted(mutant);
    expect(by).not.toBe('');
    caught[mutant.name] = by;
  });
});

it('what is not mutated is not caught', async () => {
  expect(await hunted({ name: 'none', patches: [] })).toBe('');
});
