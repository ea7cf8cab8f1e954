import { spawn } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever it ends with. */
export const attempt = (file: string, args: readonly string[], cwd?: string): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd !== undefined && { cwd }) });
    const printed = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...printed }));
  });

/** What it printed on standard output; throws what it said when it ends with anything but 0. */
export const run = async (file: string, args: readonly string[], cwd?: string): Promise<string> => {
  const { code, stdout, stderr } = await attempt(file, args, cwd);
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')}\nended with ${code}:\n${(stdout + stderr).slice(-4_000)}`);
  return stdout.trim();
};
