import { spawnSync } from 'node:child_process';

/** Not one that has ended and only waits to be collected by its parent. */
export function processIsAlive(pid: number): boolean {
  if (pid <= 0) return false;
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

/** Whether the process is the one that was started over this directory: numbers of processes are used again. */
export function processRuns(pid: number, directory: string): boolean {
  if (!processIsAlive(pid)) return false;
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.includes(directory);
}
