import { execFile, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERSION = '4.32.5';
const HOME = join(__dirname, '../../../../../node_modules/.cache/millrace', `schemathesis-${VERSION}`);
const PROGRAM = join(HOME, 'bin/schemathesis');

const run = promisify(execFile);

/** Whether this machine has what the fuzzer is installed with. */
export const canFuzz = (): boolean => existsSync(PROGRAM) || spawnSync('python3', ['-m', 'venv', '--help']).status === 0;

/** Installs the contract fuzzer beside the other modules, unless it is there. Needs Python and its package index. */
export const installFuzzer = async (): Promise<void> => {
  if (existsSync(PROGRAM)) return;
  try {
    await run('python3', ['-m', 'venv', HOME]);
    await run(join(HOME, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`]);
  } catch (error) {
    // Half of it would be taken for all of it.
    rmSync(HOME, { recursive: true, force: true });
    throw error;
  }
};

export interface FuzzOptions {
  /** Address of the OpenAPI document of a running server. */
  readonly document: string;
  readonly key: string;
  readonly seed: number;
  /** Cases per operation. */
  readonly examples: number;
  /** Addresses whose answers have no end. */
  readonly without: readonly string[];
}

/** Sends the running server what its document allows and what it does not, and holds the answers against it. */
export const fuzz = async ({
  document,
  key,
  seed,
  examples,
  without,
}: FuzzOptions): Promise<{ passed: boolean; report: string }> => {
  const options = [
    ['--header', `Authorization: Bearer ${key}`],
    ['--max-examples', String(examples)],
    ['--seed', String(seed)],
    ['--phases', 'examples,coverage,fuzzing'],
    ['--generation-database', 'none'],
    // What makes a question meaningful (boundaries of windows, grains, rates of a currency) is more than a schema can say.
    ['--exclude-checks', 'positive_data_acceptance'],
    ...without.map((path) => ['--exclude-path', path]),
    ['--no-color'],
  ].flat();
  try {
    const { stdout } = await run(PROGRAM, ['run', document, ...options], {
      env: { ...process.env, SCHEMATHESIS_HOOKS: 'media_types', PYTHONPATH: __dirname },
      maxBuffer: 16 * 1024 * 1024,
    });
    return { passed: true, report: stdout };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { passed: false, report: stdout + stderr };
  }
};
