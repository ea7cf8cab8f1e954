import { freePort, withTheParent } from '@millrace/testkit/servers';
import { type Command, type ServiceOptions, ServiceProcess } from '@millrace/up';
import { join } from 'node:path';

const FIRST_MS = 250;
const LONGEST_MS = 8_000;
/** After so long a life, the next end counts as the first again. */
const FORGIVEN_MS = 20_000;

/** What all services are told, and where they are. */
export interface Surroundings {
  readonly directory: string;
  readonly programs: (service: string) => string;
  readonly environment: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

/** An instance of a service under a supervisor, which starts it again with growing pauses: as Kubernetes does. */
export class Supervised {
  #process: ServiceProcess;
  #ended = 0;
  /** Names of the errors in its log. */
  readonly errors = new Set<string>();

  private constructor(
    readonly name: string,
    private readonly health: number,
    private readonly begin: (hear: ServiceOptions['hear']) => ServiceProcess,
  ) {
    this.#process = this.#begun();
  }

  /** @param name of the service, or, of several instances, with the ordinal: `dwd-1` */
  static async start(name: string, around: Surroundings, own: Readonly<Record<string, string>> = {}): Promise<Supervised> {
    const { directory, programs, environment, say } = around;
    const health = await freePort();
    return new Supervised(
      name,
      health,
      (hear) =>
        new ServiceProcess({
          name,
          program: programs(name.replace(/-.*$/, '')),
          environment: {
            ...environment,
            MILLRACE_SNAPSHOTS_DIRECTORY: join(directory, 'snapshots', name),
            ...own,
            MILLRACE_HEALTH_PORT: String(health),
          },
          log: join(directory, `${name}.log`),
          say,
          ...(hear && { hear }),
          restart_ms: growingPauses(),
          command: (program) => withTheParent([...program]) as Command,
        }),
    );
  }

  /** Rejects when starting it again makes no sense. */
  get failed(): Promise<never> {
    return this.#process.failed;
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.#ended + this.#process.ends;
  }

  kill(): void {
    this.#process.signal('SIGKILL');
  }

  /** It holds its connections and does nothing. */
  freeze(): void {
    this.#process.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process.signal('SIGCONT');
  }

  /** SIGTERM; its exit code. Nobody starts it again. */
  stop(): Promise<number | null> {
    return this.#process.stop();
  }

  /** After `stop`: as an upgrade does. */
  startAgain(): void {
    this.#ended += this.#process.ends + 1;
    this.#process = this.#begun();
  }

  #begun(): ServiceProcess {
    return this.begin(({ err }) => {
      if (err?.type !== undefined) this.errors.add(err.type);
    });
  }

  /** Why it is not ready; empty when it is. */
  async unready(): Promise<string> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.health}/healthz/ready`, { signal: AbortSignal.timeout(2_000) });
      return response.ok ? '' : await response.text();
    } catch (error) {
      return `does not answer: ${String(error)}`;
    }
  }

  /** Its metrics, as Prometheus reads them; nothing while it does not answer. */
  async metrics(): Promise<string> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.health}/metrics`, { signal: AbortSignal.timeout(2_000) });
      return await response.text();
    } catch {
      return '';
    }
  }
}

const growingPauses = (): (() => number) => {
  let last_ms = -Infinity;
  let row = 0;
  return () => {
    const now_ms = performance.now();
    row = now_ms - last_ms < FORGIVEN_MS ? row + 1 : 0;
    last_ms = now_ms;
    return Math.min(FIRST_MS * 2 ** row, LONGEST_MS);
  };
};
