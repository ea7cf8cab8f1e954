import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode, LogLockedError } from './errors';
import { readIfPresent } from './replace-file';

/** Directories this process holds: its own pid in a lock file says nothing after a restart in a container. */
const held = new Set<string>();

/** Takes the directory for this process; the answer gives it back. The lock of a process that is dead is taken over. */
export async function lock(directory: string): Promise<() => Promise<void>> {
  const path = join(resolve(directory), 'lock');
  if (held.has(path)) throw new LogLockedError(directory, process.pid);
  const holder = Number((await readIfPresent(path)) ?? 0);
  if (holder > 0 && holder !== process.pid && isAlive(holder)) throw new LogLockedError(directory, holder);
  await rm(path, { force: true });
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
  } catch (cause) {
    throw new Error(`${directory}: another process is taking the log at this moment`, { cause });
  }
  held.add(path);
  return async () => {
    held.delete(path);
    await rm(path, { force: true });
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return hasCode(error, 'EPERM');
  }
}
