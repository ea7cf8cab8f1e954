import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository that the working directory lies in. */
export function workspace(from = process.cwd()): string {
  if (existsSync(join(from, 'nx.json'))) return from;
  const above = dirname(from);
  if (above === from) throw new Error(`${process.cwd()} does not lie in the repository`);
  return workspace(above);
}

/** Where fetched programs are kept between runs; not in git. */
export const programsDirectory = (): string => join(workspace(), '.stack');

/** Where the local stack keeps its data; not in git. */
export const stackDirectory = (): string => process.env['MILLRACE_STACK_DIR'] ?? programsDirectory();
