import type { ServiceContext } from '@millrace/boot';
import { type RebuildProgress, type RecoveryEvent, type Runner, writerOf } from '@millrace/stream';
import { createRunner, type EngineOptions, type EnginePorts } from './runner';

const PROGRESS_MS = 5_000;

/** The engine as the work of a service: logs what becomes of partitions, tells readiness, and drains when the process stops. */
export const workOf = async (
  ports: Omit<EnginePorts, 'clock' | 'meter'>,
  options: Omit<EngineOptions, 'onRebuild' | 'onRecovery'>,
  context: ServiceContext,
): Promise<() => Promise<void>> => {
  const { clock, meter, logger } = context;
  let progress_ms = -Infinity;
  const runner = createRunner(
    { ...ports, clock, meter },
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

const rebuilding = ({ layer, input, position, target }: RebuildProgress) => ({ layer, input: writerOf(input), position, target });

const tell = (event: RecoveryEvent, { logger }: ServiceContext): void => {
  const { kind, input, ...details } = event;
  const about = { input: writerOf(input), ...details };
  switch (kind) {
    case 'restored':
    case 'recovered':
    case 'resumed':
    case 'copied':
      logger.info(about, kind);
      break;
    case 'passed over':
      logger.warn({ ...about, reason: event.reason.message }, 'a snapshot was passed over');
      break;
    case 'copy failed':
      logger.warn({ ...about, err: event.error }, 'a snapshot could not be copied to the store; the one on the volume counts');
      break;
    case 'stopped':
      logger.error({ ...about, err: event.error }, `stopped: ${event.error.message}`);
      break;
  }
};
