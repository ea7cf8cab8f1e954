import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Bounds {
  /** After so long it is killed. */
  readonly limit_ms: number;
  /** For its standard input. */
  readonly input?: string;
}

export interface Ended {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever it ends with. */
export const attempt = async (file: string, args: readonly string[], { limit_ms, input }: Bounds): Promise<Ended> => {
  const running = execute(file, args, { timeout: limit_ms, killSignal: 'SIGKILL', maxBuffer: 1 << 28 });
  running.child.stdin?.on('error', () => undefined); // It ended without having read all of it.
  running.child.stdin?.end(input ?? '');
  try {
    return { ok: true, ...(await running) };
  } catch (error) {
    const { stdout = '', stderr = '', killed = false, message } = error as Partial<Ended> & { killed?: boolean; message: string };
    return { ok: false, stdout, stderr: killed ? `${stderr}\nnot done within ${limit_ms / 1_000} s` : stderr || message };
  }
};

/** What it printed on standard output; throws what it said when it ends with anything but 0. */
export const run = async (file: string, args: readonly string[], bounds: Bounds): Promise<string> => {
  const { ok, stdout, stderr } = await attempt(file, args, bounds);
  if (!ok) throw new Error(`${[file, ...args].join(' ').slice(0, 300)}\nfailed:\n${(stdout + stderr).trim().slice(-3_000)}`);
  return stdout.trim();
};
