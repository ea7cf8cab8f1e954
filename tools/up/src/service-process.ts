import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

const RESTART_MS = 1_000;
const STOP_LIMIT_MS = 30_000;
/** The code for a configuration that must be mended first: starting again changes nothing. */
const COMPLAINT = 2;

export interface ServiceOptions {
  readonly name: string;
  /** The built program. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Its log lines are added to this file. */
  readonly log: string;
  readonly say: (line: string) => void;
  /** How long to wait before it is started again, ms, by how often it has ended by itself. Default: a second. */
  readonly restart_ms?: (ends: number) => number;
  /** What is really started, given the command of the program. Default: that. */
  readonly command?: (program: Command) => Command;
  /** Hears every log line that is JSON. */
  readonly hear?: (said: Said) => void;
}

export type Command = readonly [string, ...string[]];

/** A log line, as far as it is of interest here. */
export interface Said {
  readonly msg?: string;
  readonly address?: string;
  readonly err?: { readonly type?: string };
}

/** A service in a process of its own, started again when it ends by itself: what a platform does with a container. */
export class ServiceProcess {
  readonly #log: WriteStream;
  #child: ChildProcess | null = null;
  #stopping = false;
  #ends = 0;
  #failed: (error: Error) => void = () => undefined;
  #ready: () => void = () => undefined;
  /** Rejects when there is no point in starting it again. */
  readonly failed = new Promise<never>((_, reject) => (this.#failed = reject));
  /** Resolves when it has said for the first time that it is ready. */
  readonly ready = new Promise<void>((resolve) => (this.#ready = resolve));
  /** What it last said about where something listens. */
  address: string | null = null;

  constructor(private readonly options: ServiceOptions) {
    this.#log = createWriteStream(options.log, { flags: 'a' });
    this.failed.catch(() => undefined);
    this.#start();
  }

  get name(): string {
    return this.options.name;
  }

  /** How often it has ended by itself, or by a signal that was not `stop`. */
  get ends(): number {
    return this.#ends;
  }

  /** Of the process of now; null when there is none. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** To the process of now; false when there is none. */
  signal(signal: NodeJS.Signals): boolean {
    return this.#child?.kill(signal) ?? false;
  }

  /** Asks it to end, and waits until it has; kills it when it takes too long. */
  async stop(): Promise<number | null> {
    this.#stopping = true;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    return new Promise((resolve) => {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      child.once('exit', (code) => {
        clearTimeout(late);
        resolve(code);
      });
      child.kill('SIGTERM');
    });
  }

  #start(): void {
    const { name, program, environment, log, say, restart_ms = () => RESTART_MS, command = (own) => own } = this.options;
    const [file, ...args] = command([process.execPath, '--enable-source-maps', program]);
    const child = spawn(file, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
      // A Ctrl-C of the terminal is for whoever started this process, which ends its services in order.
      detached: true,
    });
    this.#child = child;
    child.once('error', this.#failed);
    if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', (line) => this.#hear(line));
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      if (code === COMPLAINT) {
        this.#failed(new Error(`${name} does not accept its configuration; see ${log}`));
        return;
      }
      this.#ends++;
      say(`${name} ended (${signal ?? code ?? 'unknown'}) and is started again; see ${log}`);
      setTimeout(() => {
        if (!this.#stopping) this.#start();
      }, restart_ms(this.#ends));
    });
  }

  #hear(line: string): void {
    this.#log.write(`${line}\n`);
    const said = wordsOf(line);
    if (said !== null) this.options.hear?.(said);
    if (said?.msg !== 'ready') return;
    this.address = said.address ?? this.address;
    this.#ready();
  }
}

const wordsOf = (line: string): Said | null => {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return null;
  }
};
