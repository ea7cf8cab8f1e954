import { spawnSync } from 'node:child_process';

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever it ends with. */
export const attempt = (
  file: string,
  args: readonly string[],
  { env, ...options }: { readonly cwd?: string; readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Said => {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    ...options,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return { code: status, stdout, stderr };
};

/** What it printed; throws what it said when it ends with anything but 0. */
export const run = (...[file, args, options]: Parameters<typeof attempt>): string => {
  const { code, stdout, stderr } = attempt(file, args, options);
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')}\nended with ${code}:\n${(stdout + stderr).slice(-4_000)}`);
  return stdout;
};
