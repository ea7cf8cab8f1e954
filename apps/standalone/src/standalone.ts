import { rawTopic, TOPICS, zoneOf } from '@millrace/ads';
import { SystemClock } from '@millrace/boot';
import { topicsOf } from '@millrace/layer-ods';
import type { SourceDeclaration } from '@millrace/layer-ods';
import { proceed, SnapshotRulesError, TaskError, writerOf } from '@millrace/stream';
import { DataDirectory, otherRules } from './data-directory';
import { EXIT } from './exit-codes';
import { fileInput } from './input/file-input';
import { addressOf, listen } from './listen';
import type { Options } from './options';
import { Progress } from './progress';
import { report } from './report/report';
import { Complaint, loadSource } from '@millrace/service';
import { LIVE_TOPIC, replay, type ReplayInput, trafficInput, trickle, unlessStopped } from '@millrace/service/demo';
import type { Warehouse } from './warehouse';
import { openWarehouse } from './warehouse';

/** What the steps of a run share. */
interface Run {
  readonly options: Options;
  readonly signal: AbortSignal;
  readonly clock: SystemClock;
  readonly progress: Progress;
  readonly data: DataDirectory;
  readonly sources: readonly SourceDeclaration[];
  /** Null: the data that are kept there are served as they are. */
  readonly input: ReplayInput | null;
}

/**
 * The whole life of `npm start`: replay, report, check, then serve until `signal`. Returns the exit code. Throws a
 * Complaint for what the user can mend, and Stopped when the signal came before the report.
 */
export const standalone = async (options: Options, signal: AbortSignal): Promise<number> => {
  const clock = new SystemClock();
  const events = loadSource('events');
  const files = options.replay.length > 0 ? fileInput(options.replay, loadSource(options.source)) : null;
  const data = await DataDirectory.open(options);
  try {
    const generated = trafficInput(options, events);
    // Nobody's own logs are mixed with generated traffic.
    const input = files ?? (data.holdsReplaysBeside(generated.topic) ? null : generated);
    const always = [loadSource('http'), { ...events, name: 'live' }];
    const sources = data.sourcesWith(input === null ? always : [...always, input.source]);
    return await runOver({ options, signal, clock, progress: new Progress(() => clock.now_ms()), data, sources, input });
  } catch (error) {
    if (error instanceof TaskError && error.cause instanceof SnapshotRulesError) throw otherRules(data.path, error.cause.message);
    throw error;
  } finally {
    data.close();
  }
};

const runOver = async (run: Run): Promise<number> => {
  const { options, data, sources, clock, progress, input } = run;
  const warn = (message: string): void => {
    progress.leave();
    process.stderr.write(`${message}\n`);
  };
  let replayed = false;
  let restored = false;
  let stop: (why: Complaint) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => (stop = reject));
  const warehouse = await openWarehouse({
    ...options,
    data,
    sources,
    clock,
    inOrder: (topic) => topic.startsWith(rawTopic('')) && topic !== TOPICS.http && topic !== LIVE_TOPIC,
    // A replay's topic is read to its end many times before the replay has ended: only then is its end the present.
    idles: (topic) => topic !== input?.topic || replayed,
    onRebuild: ({ layer, input: { topic, partition }, position, target }) =>
      progress.show(`rebuilding ${layer} from ${topic}/${partition}: ${position} of ${target}`),
    onRestored: ({ layer, input: { topic, partition }, position }) => {
      const text = `restored ${layer} as of ${topic}/${partition}: ${position}`;
      // The first stays, however soon something else is said.
      if (restored) progress.show(text);
      else progress.done(text);
      restored = true;
    },
    onStopped: ({ message }) => {
      const text = `Stopped: ${message} (Here: the option --proceed LAYER:TOPIC/PARTITION@OFFSET.)`;
      // Nobody would wait for it to go on.
      if (options.exit) stop(new Complaint(text));
      else warn(text);
    },
    warn,
  });
  try {
    await proceedAll(options, warehouse, warn);
    const failed = warehouse.runner.run().then(() => new Promise<never>(() => undefined));
    return await Promise.race([failed, stopped, live(run, warehouse, () => (replayed = true))]);
  } finally {
    progress.leave();
    await warehouse.close();
  }
};

/** Gaps that are knowingly passed (D7). Throws a Complaint where there is no such offset. */
const proceedAll = async ({ proceed: gaps }: Options, { log }: Warehouse, warn: (message: string) => void): Promise<void> => {
  for (const gap of gaps) {
    const name = `${gap.layer}:${writerOf(gap.input)}@${gap.offset}`;
    await proceed(log, gap).catch((error: unknown) => {
      throw new Complaint(`--proceed ${name}: ${error instanceof Error ? error.message : String(error)}.`);
    });
    warn(`A gap before ${name} will be passed: its records are missing from now on.`);
  }
};

const live = async (run: Run, warehouse: Warehouse, onReplayed: () => void): Promise<number> => {
  const { options, signal, clock, data, input } = run;
  if (!options.exit) await listen(warehouse.app, options);
  await unlessStopped(signal, warehouse.runner.recovered());
  data.adoptRules();
  await unlessStopped(signal, warehouse.runner.ready());
  if (input === null) await unlessStopped(signal, warehouse.runner.drain());
  else await replayAll(run, input, warehouse, onReplayed);
  const code = await reportAll(run, warehouse);
  if (options.exit || code !== EXIT.done) return code;
  const generates = options.replay.length === 0 && input !== null;
  const traffic = generates ? ' with a trickle of live traffic' : '';
  process.stdout.write(`Serving ${addressOf(warehouse.app)}/docs${traffic}. Ctrl-C stops.\n`);
  if (generates) await trickle(warehouse.log, clock, options.rules, options.traffic.seed, signal);
  else await untilAborted(signal);
  return EXIT.done;
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const replayAll = async (
  { signal, clock, progress, data }: Run,
  input: ReplayInput,
  warehouse: Warehouse,
  onReplayed: () => void,
): Promise<void> => {
  warehouse.setUnready(['replaying']);
  const began_ms = clock.now_ms();
  const records = await replay(input, warehouse.log, data, {
    signal,
    sleep: (ms) => clock.sleep(ms),
    onProgress: ({ records: read, share }) =>
      progress.show(`replaying ${input.name}: ${read} records${share === null ? '' : `, ${Math.floor(share * 100)} %`}`),
  });
  onReplayed();
  await unlessStopped(signal, warehouse.runner.drain());
  progress.done(`replayed ${input.name}: ${records} records in ${((clock.now_ms() - began_ms) / 1000).toFixed(1)} s`);
};

const reportAll = async ({ options, signal, sources, input }: Run, warehouse: Warehouse): Promise<number> => {
  const { document, text, differs } = await unlessStopped(
    signal,
    report(warehouse, { zone: zoneOf(options.rules.zone), input, topics: sources.flatMap(topicsOf) }),
  );
  if (options.json) process.stdout.write(`${JSON.stringify(document)}\n`);
  (options.json ? process.stderr : process.stdout).write(text);
  warehouse.setUnready([]);
  return differs ? EXIT.different : EXIT.done;
};
