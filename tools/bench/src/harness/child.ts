import { spawn } from 'node:child_process';
import { ENVIRONMENT_OF_IMAGE, FLAGS_OF_START } from './as-deployed';

/** Work that a process of its own does, by name: its state and compiled code begin anew. */
export type Work = (job: never) => Promise<object>;

/** Does a job in a process of its own, and resolves with what it answered. */
export function inOwnProcess<Answer>(work: string, job: object, flags: readonly string[] = []): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const argv = [...FLAGS_OF_START, ...flags, process.argv[1] ?? '', '--work', work, JSON.stringify(job)];
    const child = spawn(process.execPath, argv, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...ENVIRONMENT_OF_IMAGE },
    });
    let answered = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (answered += text));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code !== 0) reject(new Error(`${work} ended with ${signal ?? code}`));
      else resolve(JSON.parse(answered.trim().split('\n').at(-1) ?? '') as Answer);
    });
  });
}
