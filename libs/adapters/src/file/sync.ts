import { open } from 'node:fs/promises';

/** Resolves when the disk has a file's content; of a folder, the names in it. */
export const syncFile = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

export const syncFolder = syncFile;
