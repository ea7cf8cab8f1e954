import { spawnSync } from 'node:child_process';
import { readlinkSync, realpathSync } from 'node:fs';

/** Not one that has ended and only waits to be collected by its parent. */
export function processIsAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

/**
 * Whether the process is the one that was started in this directory: numbers of processes are used again. Not told by
 * the command line, which Redis rewrites. Systems without /proc take the number's word.
 */
export function processRunsIn(pid: number, directory: string): boolean {
  if (!processIsAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(directory);
  } catch {
    return false; // It ended meanwhile, or is somebody else's.
  }
}
