import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';

/** What nx built before it ran the tests. */
const DIST = join(__dirname, '../../../../dist');

/** A built program in a process of its own. */
export class Program {
  said = '';
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcessWithoutNullStreams;
  #heard: () => void = () => undefined;
  #over = false;

  constructor(path: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [join(DIST, path, 'main.js'), ...args], { env: { ...process.env, ...environment } });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.said += text;
        this.#heard();
      });
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code) => {
        this.#over = true;
        this.#heard();
        resolve(code);
      });
    });
  }

  /** Resolves once it has said this; rejects when it ends before. */
  async hears(what: RegExp): Promise<string> {
    for (;;) {
      const match = what.exec(this.said);
      if (match !== null) return match[1] ?? match[0];
      if (this.#over) throw new Error(`it ended without saying ${String(what)}:\n${this.said}`);
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  /** Asks it to end; its exit code. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.#over) this.#child.kill(signal);
    return this.ended;
  }
}
