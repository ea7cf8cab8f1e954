import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { programsDirectory } from './workspace';

/**
 * The path of a folder under `.stack` that `make` fills once, for all later runs. It appears as a whole: a second process that
 * did the same at the same time finds the name taken and throws its own away.
 */
export async function kept(name: string, make: (draft: string) => Promise<void> | void): Promise<string> {
  const folder = join(programsDirectory(), name);
  if (existsSync(folder)) return folder;
  await mkdir(programsDirectory(), { recursive: true });
  const draft = await mkdtemp(join(programsDirectory(), 'draft-'));
  try {
    await make(draft);
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}
