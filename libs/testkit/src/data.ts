import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Where the real public logs are: `MILLRACE_DATA`, or beside the checkout. They are not ours to copy into it. */
export const dataFolder = (): string => resolve(process.env['MILLRACE_DATA'] ?? join(__dirname, '../../../../shared/data'));

export const dataPresent = (): boolean => existsSync(join(dataFolder(), 'README.md'));

/**
 * `describe` for tests that read the public logs: visibly skipped where those are absent, and a failure under CI=true,
 * where they must not be. `tests` may read files at once: absent ones are never asked for.
 */
export function describeWithData(name: string, tests: () => void): void {
  if (dataPresent()) describe(name, tests);
  else if (process.env['CI'] === 'true') it(`${name}: needs the data in ${dataFolder()}`, () => expect(dataPresent()).toBe(true));
  else it.skip(`${name}: no data in ${dataFolder()}, see MILLRACE_DATA`, () => undefined);
}

/** The rows of a gzipped CSV with a header. The files here quote nothing. */
export function readCsv(file: string): Readonly<Record<string, string>>[] {
  const [header = '', ...lines] = gunzipSync(readFileSync(join(dataFolder(), file)))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
  });
}
