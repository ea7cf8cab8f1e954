import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is installed or built for the peers stays here from one bench to the next. */
export const kept = (name: string): string => {
  const folder = join(tmpdir(), 'millrace-bench', name);
  mkdirSync(folder, { recursive: true });
  return folder;
};
