import type { Tracing } from '@millrace/stream';
import type { EventEmitter } from 'node:events';
import type { DestinationStream, Level, Logger } from 'pino';
import { SystemClock } from '../clock';
import { type Agreement, type Invocation, type OptionTable, readConfig, type Program, type Settings } from '../config';
import { Dependencies, WaitEndedError } from '../dependencies/dependencies';
import { HealthServer } from '../health/health-server';
import { Lifecycle } from '../lifecycle';
import { createLogger } from '../logs/logger';
import { positionOf } from '../logs/position-of';
import { VERSION } from '../metrics/build';
import type { Service } from '../metrics/definitions';
import { PromMeter } from '../metrics/prom-meter';
import { interrupted } from '../signals';
import { openTracing } from '../tracing/otlp-tracing';

/** What a service's process ends with. */
export const EXIT = {
  /** Asked to stop, and stopped in order. */
  done: 0,
  /** Something to mend in the configuration: starting again changes nothing. */
  complaint: 2,
  /** A fault, or a stop that did not end in time: started again, it goes on where its position stands (D5, D6). */
  fault: 3,
} as const;

/** How a service's process behaves, whatever it works at. */
export interface Conduct {
  readonly log: { readonly level: Level | 'silent'; readonly readable: boolean };
  /** Where health and metrics are asked; null: the service's own API answers them. */
  readonly health: { readonly host: string; readonly port: number } | null;
  /** How long a stop may take: draining, snapshot, commit. */
  readonly stop_limit_ms: number;
  /** Where spans go, and how many of 100; null, the default: they are not even made. */
  readonly traces?: { readonly endpoint: string; readonly percent: number } | null;
  /** That the program was built from, for its metrics; default: unknown. */
  readonly commit?: string | null;
}

/** What a service is made of while it starts. */
export interface ServiceContext {
  readonly logger: Logger;
  readonly meter: PromMeter;
  readonly clock: SystemClock;
  /** Undefined: nobody wants spans. */
  readonly tracing: Tracing | undefined;
  readonly dependencies: Dependencies;
  /** Aborted when the process shall stop. */
  readonly signal: AbortSignal;
  /**
   * Opens something that may be away, waiting for it as long as it takes, and closes it when the process stops, in reverse.
   * `isLasting`: errors that waiting cannot mend.
   */
  open<T>(
    name: string,
    connect: () => Promise<T>,
    close: (opened: T) => Promise<void> | void,
    isLasting?: (error: unknown) => boolean,
  ): Promise<T>;
  /** To be done when the process stops, before what was opened earlier is closed. */
  onStop(name: string, stop: () => Promise<void> | void): Promise<void>;
  /** From now on asked why the work itself is not ready, besides its dependencies; empty when nothing is wrong. */
  readiness(reasons: () => readonly string[]): void;
  /** All reasons at once, for whoever answers for health. */
  reasons(): readonly string[];
  /** What `GET /metrics` answers. */
  metricsText(): Promise<string>;
}

export interface ServiceProgram<Table extends OptionTable> extends Program {
  /** Whose metrics it exports. */
  readonly service: Service;
  readonly options: Table;
  readonly agreements?: readonly Agreement<Table>[];
  readonly conduct: (settings: Settings<Table>) => Conduct;
  /** Opens what the service needs, in order. Resolves with the work itself, which ends with the process or with a fault. */
  readonly open: (settings: Settings<Table>, context: ServiceContext) => Promise<() => Promise<void>>;
}

/** What surrounds the process; the real ones by default. */
export interface Surroundings extends Invocation {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly signals: EventEmitter;
  /** Where log lines go; standard error by default. */
  readonly logs?: DestinationStream;
}

/** The whole life of a service's process; returns its exit code. */
export const serve = async <Table extends OptionTable>(program: ServiceProgram<Table>, around: Surroundings): Promise<number> => {
  const config = readConfig(program, program.options, around, program.agreements);
  if (config.kind === 'print') {
    around.stdout.write(config.text);
    return EXIT.done;
  }
  if (config.kind === 'problems') {
    around.stderr.write(`${program.name}: the configuration has ${count(config.problems.length)}:\n`);
    for (const problem of config.problems) around.stderr.write(`  ${problem}\n`);
    return EXIT.complaint;
  }
  const conduct = program.conduct(config.settings);
  const logger = createLogger({
    ...conduct.log,
    secrets: config.secrets,
    ...(around.logs && { destination: around.logs }),
  }).child({
    service: program.name,
  });
  logger.info({ config: config.dump }, 'starting');

  const stopping = new AbortController();
  void interrupted(around.signals).then((signal) => {
    logger.info({ signal }, 'stopping; a second signal leaves at once');
    stopping.abort();
  });
  const lifecycle = new Lifecycle();
  const meter = new PromMeter({ service: program.service, ...(conduct.commit && { commit: conduct.commit }) });
  const tracing = conduct.traces
    ? await openTracing({ ...conduct.traces, service: program.name, version: VERSION, logger })
    : undefined;
  if (tracing !== undefined) await lifecycle.start([{ name: 'traces', stop: () => tracing.close() }]);
  const context = contextOf({ logger, meter, tracing, stopping: stopping.signal, lifecycle });
  let code: number = EXIT.done;
  try {
    if (conduct.health !== null) {
      const health = new HealthServer({
        ...conduct.health,
        reasons: context.reasons,
        metrics: { text: context.metricsText, contentType: context.meter.contentType },
      });
      await lifecycle.start([health]);
      logger.info({ host: conduct.health.host, port: health.port }, 'health and metrics');
    }
    const work = await program.open(config.settings, context);
    await Promise.race([work().then(endedByItself(stopping.signal)), aborted(stopping.signal)]);
  } catch (error) {
    if (!(error instanceof WaitEndedError)) {
      logger.fatal({ ...positionOf(error), err: error }, messageOf(error));
      code = EXIT.fault;
    }
  }
  context.readiness(() => ['stopping']);
  const stopped = await stopWithin(conduct.stop_limit_ms, lifecycle, context.clock, logger, code === EXIT.fault);
  if (!stopped) code = EXIT.fault;
  logger.info({ code }, 'ended');
  return code;
};

/** `serve` for this very process, which ends with it. */
export const serveProcess = <Table extends OptionTable>(program: ServiceProgram<Table>): void => {
  void serve(program, {
    args: process.argv.slice(2),
    environment: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    signals: process,
  }).then(
    // Explicitly: what an outside client left open must not keep a finished process alive.
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(EXIT.fault);
    },
  );
};

const contextOf = ({
  logger,
  meter,
  tracing,
  stopping,
  lifecycle,
}: {
  logger: Logger;
  meter: PromMeter;
  tracing: Tracing | undefined;
  stopping: AbortSignal;
  lifecycle: Lifecycle;
}): ServiceContext => {
  const clock = new SystemClock();
  const dependencies = new Dependencies({ clock, meter, logger });
  let own: () => readonly string[] = () => ['starting'];
  let wasReady: boolean | null = null;
  const reasons = (): readonly string[] => {
    const all = [...own(), ...dependencies.reasons];
    const isReady = all.length === 0;
    meter.gauge('ready', isReady ? 1 : 0);
    // That it is ready for the first time says whoever knows what of.
    if (!isReady && wasReady === true && !stopping.aborted) logger.warn({ reasons: all }, 'not ready');
    if (isReady && wasReady === false) logger.info('ready again');
    if (isReady || wasReady !== null) wasReady = isReady;
    return all;
  };
  // Whether or not anybody asks for it itself.
  meter.beforeScrape(() => void reasons());
  return {
    logger,
    meter,
    clock,
    tracing,
    dependencies,
    signal: stopping,
    reasons,
    metricsText: () => meter.text(),
    readiness: (ask) => {
      own = ask;
      reasons();
    },
    async open(name, connect, close, isLasting) {
      const opened = await dependencies.until(name, connect, stopping, isLasting);
      await lifecycle.start([{ name, stop: () => close(opened) }]);
      return opened;
    },
    onStop(name, stop) {
      return lifecycle.start([{ name, stop }]);
    },
  };
};

/** False when it failed, or took too long. A failure after a fault is that fault again, and was told. */
const stopWithin = async (
  limit_ms: number,
  lifecycle: Lifecycle,
  clock: SystemClock,
  logger: Logger,
  faulty: boolean,
): Promise<boolean> => {
  const done = new AbortController();
  const stopped = lifecycle.stop().then(
    () => true,
    (error: unknown) => {
      if (!faulty) logger.error({ err: error }, `did not stop in order: ${messageOf(error)}`);
      return false;
    },
  );
  const late = clock.sleep(limit_ms, done.signal).then(() => {
    if (!done.signal.aborted)
      logger.error({ limit_ms }, 'did not stop in time; what was not written is done again after the next start');
    return false;
  });
  const result = await Promise.race([stopped, late]);
  done.abort();
  return result;
};

const endedByItself = (signal: AbortSignal) => (): void => {
  if (!signal.aborted) throw new Error('the work ended though nobody asked it to');
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const count = (problems: number): string => (problems === 1 ? 'one problem' : `${problems} problems`);
