import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIsAlive, processRunsIn } from './processes';

/** How a server is asked for. */
export interface Place {
  /** Everything it writes goes here; made if absent. */
  readonly directory: string;
  /** Default: free ones. */
  readonly port?: number;
  /** Outlives this process (the local stack). Default: it dies with it, even by kill -9. */
  readonly outlives?: boolean;
}

/** What a kind of server is: the rest is the same for all. */
export interface Program {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly command: readonly [string, ...string[]];
  /** Resolves if it answers in its own protocol. */
  readonly probe: () => Promise<void>;
}

const READY_WITHIN_MS = 90_000;
const PROBE_EVERY_MS = 50;
const STOP_WITHIN_MS = 20_000;

/** A real server on the loopback interface. What it printed stands in `server.log` of its directory. */
export class Server {
  #pid = 0;
  #child: ChildProcess | null = null;

  private constructor(
    private readonly program: Program,
    private readonly place: Place,
  ) {}

  /** Resolves when it answers. */
  static async at(program: Program, place: Place): Promise<Server> {
    const server = new Server(program, place);
    await server.start();
    return server;
  }

  /** The one that an earlier process left running, if it still runs. */
  static async running(directory: string): Promise<number | null> {
    const file = join(directory, 'pid');
    if (!existsSync(file)) return null;
    const pid = Number(await readFile(file, 'utf8'));
    return processRunsIn(pid, directory) ? pid : null;
  }

  get name(): string {
    return this.program.name;
  }
  get url(): string {
    return this.program.url;
  }
  get port(): number {
    return this.program.port;
  }
  get pid(): number {
    return this.#pid;
  }

  /** Again after `stop` or `kill`, over the same data and ports. */
  async start(): Promise<void> {
    const { directory, outlives = false } = this.place;
    await mkdir(directory, { recursive: true });
    const log = openSync(join(directory, 'server.log'), 'a');
    const [file, ...args] = outlives ? this.program.command : withTheParent(this.program.command);
    const child = spawn(file, args, { stdio: ['ignore', log, log], detached: outlives, cwd: directory });
    closeSync(log);
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    failed.catch(() => undefined);
    if (outlives) child.unref();
    this.#child = child;
    if (child.pid !== undefined) {
      this.#pid = child.pid;
      await writeFile(join(directory, 'pid'), String(child.pid));
    }
    await Promise.race([this.#answers(), failed]);
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    await endProcess(this.#pid);
    await rm(join(this.place.directory, 'pid'), { force: true });
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await endProcess(this.#pid, 'SIGKILL');
  }

  /** SIGSTOP: it holds its connections and answers nobody. */
  pause(): void {
    process.kill(this.#pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.#pid, 'SIGCONT');
  }

  async #answers(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      const problem = await this.program.probe().then(
        () => null,
        (error: unknown) => error,
      );
      if (problem === null) return;
      const child = this.#child;
      if (child !== null && (child.exitCode !== null || child.signalCode !== null))
        throw new Error(`${this.name} ended at start:\n${await this.#lastWords()}`);
      if (Date.now() > deadline) {
        await this.kill();
        throw new Error(
          `${this.name} did not answer within ${READY_WITHIN_MS} ms (${String(problem)}):\n${await this.#lastWords()}`,
        );
      }
      await sleep(PROBE_EVERY_MS);
    }
  }

  async #lastWords(): Promise<string> {
    const printed = await readFile(join(this.place.directory, 'server.log'), 'utf8');
    return printed.slice(-2000);
  }
}

/** Resolves when the process is gone; after a bound it is killed. */
export async function endProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  if (!processIsAlive(pid)) return;
  process.kill(pid, signal);
  process.kill(pid, 'SIGCONT'); // A stopped one hears SIGTERM only when it goes on.
  const deadline = Date.now() + STOP_WITHIN_MS;
  while (processIsAlive(pid)) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL');
    await sleep(20);
  }
}

/** Linux ends the server with us, whatever ends us; elsewhere a killed test run leaves it behind. */
export const withTheParent = ([file, ...args]: readonly [string, ...string[]]): [string, ...string[]] =>
  existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', file, ...args] : [file, ...args];
