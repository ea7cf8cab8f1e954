import { build, type Plugin } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTANTS, type Mutant } from './table';

// A build and some hundred histories each, on a machine that may be busy.
jest.setTimeout(120_000);

const workspace = join(__dirname, '../../../..');

/** The sources of a mutant, changed while they are read; the tree stays as it is. */
const mutated = ({ patches }: Mutant): Plugin => ({
  name: 'mutant',
  setup({ onLoad }) {
    for (const file of new Set(patches.map((patch) => patch.file))) {
      onLoad({ filter: new RegExp(`${file.replaceAll('.', '\\.')}$`) }, ({ path }) => {
        const contents = patches
          .filter((patch) => patch.file === file)
          .reduce(
            (source, { text, instead }) => {
              if (source.split(text).length !== 2)
                throw new Error(`${file} has not exactly one "${text}": bring the mutant up to date`);
              return source.replace(text, () => instead);
            },
            readFileSync(path, 'utf8'),
          );
        return { contents, loader: 'ts' };
      });
    }
  },
});

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
