import { spawn } from 'node:child_process';

export interface Script {
  readonly command: readonly [string, ...string[]];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

const LIMIT_MS = 1_800_000;

/** Runs a peer's script; resolves with what it printed as JSON, line by line. What else it printed is told if it fails. */
export function script({
  command: [file, ...args],
  directory,
  environment,
}: Script): Promise<Readonly<Record<string, unknown>>[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: directory,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
    child.once('error', reject);
    child.once('close', (code) => {
      const lines = printed.split('\n').flatMap(parsed);
      if (code === 0 && lines.length > 0) resolve(lines);
      else reject(new Error(`${[file, ...args].join(' ')} ended with ${code}:\n${printed.slice(-2_000)}`));
    });
  });
}

const parsed = (line: string): Readonly<Record<string, unknown>>[] => {
  const at = line.indexOf('{"');
  if (at < 0) return [];
  try {
    return [JSON.parse(line.slice(at)) as Readonly<Record<string, unknown>>];
  } catch {
    return [];
  }
};
