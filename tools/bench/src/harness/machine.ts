import { spawnSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

/** On what a run was made. */
export const machine = () => ({
  node: process.version,
  arch: process.arch,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memory_gb: Math.round(totalmem() / 2 ** 30),
  commit: commit(),
});

/** What else the machine does: runnable processes over the last minute. */
export const load = (): number => Number((loadavg()[0] ?? 0).toFixed(2));

function commit(): string {
  const { stdout, status } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}
