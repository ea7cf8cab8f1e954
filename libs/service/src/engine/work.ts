import type { ServiceContext } from '@millrace/boot';
import type { RebuildProgress, RecoveryEvent, Runner } from '@millrace/stream';
import { createRunner, type EngineOptions, type EnginePorts } from './runner';

const PROGRESS_MS = 5_000;

/** The engine as the work of a service: logs what becomes of partitions, tells readiness, and drains when the process stops. */
export const workOf = async (
  ports: Omit<EnginePorts, 'clock' | 'meter' | 'tracing'>,
  options: Omit<EngineOptions, 'onRebuild' | 'onRecovery'>,
  context: ServiceContext,
): Promise<() => Promise<void>> => {
  const { clock, meter, logger, tracing } = context;
  let progress_ms = -Infinity;
  const runner = createRunner(
    { ...ports, clock, meter, tracing },
    {
      ...options,
      onRebuild: (progress) => {
        if (clock.now_ms() - progress_ms < PROGRESS_MS) return;
        progress_ms = clock.now_ms();
        logger.info(rebuilding(progress), 'rebuilding');
      },
      onRecovery: (event) => tell(event, context),
    },
  );
  await context.onStop('runner', () => runner.stop());
  meter.beforeScrape(() => runner.measure());
  context.readiness(() => runner.unready());
  return () => run(runner, context);
};

const run = (runner: Runner, { logger }: ServiceContext): Promise<void> => {
  const ended = runner.run();
  runner.ready().then(
    () => logger.info('ready'),
    () => undefined, // `ended` says why
  );
  return ended;
};

/** Where, by the names that every line about a record has. */
const rebuilding = ({ layer, input, position, target }: RebuildProgress) => ({ layer, ...input, offset: position, target });

const tell = (event: RecoveryEvent, { logger }: ServiceContext): void => {
  const { layer, input, kind } = event;
  const where = { layer, ...input };
  switch (event.kind) {
    case 'restored':
      logger.info({ ...where, offset: event.position, from: event.from, snapshot: event.name }, kind);
      break;
    case 'recovered':
      logger.info({ ...where, offset: event.position, end: event.end, seconds: event.seconds }, kind);
      break;
    case 'resumed':
      logger.info({ ...where, offset: event.position, from: event.from }, kind);
      break;
    case 'revoked':
    case 'copied':
      logger.info({ ...where, offset: event.position }, kind);
      break;
    case 'passed over':
      logger.warn(
        { ...where, from: event.from, snapshot: event.name, reason: event.reason.message },
        'a snapshot was passed over',
      );
      break;
    case 'copy failed':
      logger.warn({ ...where, err: event.error }, 'a snapshot could not be copied to the store; the one on the volume counts');
      break;
    case 'stopped':
      logger.error({ ...where, offset: event.error.position, err: event.error }, `stopped: ${event.error.message}`);
      break;
  }
};
