import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** What nx built before it ran the tests: the program that a user starts. */
export const PROGRAM = join(__dirname, '../../../../dist/apps/standalone/main.js');
const POLL_MS = 20;

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A standalone process of its own. */
export class StandaloneProcess {
  stdout = '';
  stderr = '';
  readonly finished: Promise<Finished>;
  private readonly child: ChildProcessWithoutNullStreams;
  private ended = false;

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [PROGRAM, ...args]);
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    // A process that refuses its options does not read what it is sent.
    this.child.stdin.on('error', () => undefined);
    this.finished = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => {
        this.ended = true;
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  get stdin(): NodeJS.WritableStream {
    return this.child.stdin;
  }

  /** Waits until it said this on standard output or error; fails when it ends before. */
  async said(what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = what.exec(this.stdout) ?? what.exec(this.stderr);
      if (match !== null) return match;
      if (this.ended) throw new Error(`it ended without saying ${String(what)}:\n${this.stdout}\n${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Waits until it serves; the address of the API. */
  async serving(): Promise<string> {
    return (await this.said(/Serving (http:\S+)\/docs/))[1] ?? '';
  }

  kill(signal: NodeJS.Signals): Promise<Finished> {
    if (!this.ended) this.child.kill(signal);
    return this.finished;
  }
}

const started = new Set<StandaloneProcess>();

export const start = (...args: readonly string[]): StandaloneProcess => {
  const process = new StandaloneProcess(args);
  started.add(process);
  void process.finished.finally(() => started.delete(process));
  return process;
};

/** Runs it to its end. */
export const run = (...args: readonly string[]): Promise<Finished> => start(...args).finished;

/** For afterEach: nothing of ours outlives its test, whatever that did. */
export const endAll = async (): Promise<void> => {
  await Promise.all([...started].map((process) => process.kill('SIGKILL')));
};
