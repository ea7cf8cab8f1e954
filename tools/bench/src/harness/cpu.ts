import { readFileSync } from 'node:fs';

/** Of /proc: a tick is 10 ms on every Linux that Node runs on. */
const TICK_US = 10_000;

/** User and system time of this process, all threads, µs. */
export const ownCpu_us = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Of this process's main thread alone, in steps of 10 ms: what is beside it collects garbage and compiles. */
export const mainThread_us = (): number => ticks_us(textOf(`/proc/self/task/${process.pid}/stat`));

/** The same of another process, in steps of 10 ms; 0 when it is gone. */
export function cpuOf_us(pid: number): number {
  return ticks_us(textOf(`/proc/${pid}/stat`));
}

function ticks_us(stat: string | null): number {
  if (stat === null) return 0;
  // The name in brackets may hold blanks; utime and stime are the 14th and 15th fields of all.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** The most memory that a process has had, MB; 0 where the system does not tell. */
export function peakRss_mb(pid: number | 'self' = 'self'): number {
  try {
    const kb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kb ?? 0) / 1024);
  } catch {
    return pid === 'self' ? Math.round(process.resourceUsage().maxRSS / 1024) : 0;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
