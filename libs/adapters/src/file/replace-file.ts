import { readFile, rename, writeFile } from 'node:fs/promises';
import { hasCode } from './errors';

/** A reader finds the old content or the new, never half of it. */
export async function replaceFile(
  path: string,
  content: string,
  sync: (path: string) => Promise<void> = async () => undefined,
): Promise<void> {
  await writeFile(`${path}.new`, content);
  // Before it has its name: a name that a crash leaves behind must not be empty.
  await sync(`${path}.new`);
  await rename(`${path}.new`, path);
}

export async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
