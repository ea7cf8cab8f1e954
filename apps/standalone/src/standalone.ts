import { rawTopic, TOPICS, zoneOf } from '@millrace/ads';
import { SystemClock } from '@millrace/boot';
import { topicsOf } from '@millrace/layer-ods';
import type { SourceDeclaration } from '@millrace/layer-ods';
import { DataDirectory } from './data-directory';
import { EXIT } from './exit-codes';
import { fileInput } from './input/file-input';
import { addressOf, listen } from './listen';
import type { Options } from './options';
import { Progress } from './progress';
import { report } from './report/report';
import { loadSource } from '@millrace/service';
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
  readonly input: ReplayInput;
}

/**
 * The whole life of `npm start`: replay, report, check, then serve until `signal`. Returns the exit code. Throws a
 * Complaint for what the user can mend, and Stopped when the signal came before the report.
 */
export const standalone = async (options: Options, signal: AbortSignal): Promise<number> => {
  const clock = new SystemClock();
  const events = loadSource('events');
  const input = options.replay.length > 0 ? fileInput(options.replay, loadSource(options.source)) : trafficInput(options, events);
  const data = await DataDirectory.open(options);
  try {
    const sources = data.sourcesWith([loadSource('http'), { ...events, name: 'live' }, input.source]);
    return await runOver({ options, signal, clock, progress: new Progress(() => clock.now_ms()), data, sources, input });
  } finally {
    data.close();
  }
};

const runOver = async (run: Run): Promise<number> => {
  const { options, data, sources, clock, progress, input } = run;
  let replayed = false;
  const warehouse = await openWarehouse({
    ...options,
    data,
    sources,
    clock,
    inOrder: (topic) => topic.startsWith(rawTopic('')) && topic !== TOPICS.http && topic !== LIVE_TOPIC,
    // A replay's topic is read to its end many times before the replay has ended: only then is its end the present.
    idles: (topic) => topic !== input.topic || replayed,
    onRebuild: ({ layer, input: { topic, partition }, position, target }) =>
      progress.show(`rebuilding ${layer} from ${topic}/${partition}: ${position} of ${target}`),
    onRestored: ({ layer, input: { topic, partition }, position }) =>
      progress.show(`restored ${layer} as of ${topic}/${partition}: ${position}`),
    warn: (message) => {
      progress.leave();
      process.stderr.write(`${message}\n`);
    },
  });
  try {
    const failed = warehouse.runner.run().then(() => new Promise<never>(() => undefined));
    return await Promise.race([failed, live(run, warehouse, () => (replayed = true))]);
  } finally {
    progress.leave();
    await warehouse.close();
  }
};

const live = async (run: Run, warehouse: Warehouse, onReplayed: () => void): Promise<number> => {
  const { options, signal, clock } = run;
  if (!options.exit) await listen(warehouse.app, options);
  await unlessStopped(signal, warehouse.runner.ready());
  await replayAll(run, warehouse, onReplayed);
  const code = await reportAll(run, warehouse);
  if (options.exit || code !== EXIT.done) return code;
  process.stdout.write(`Serving ${addressOf(warehouse.app)}/docs with a trickle of live traffic. Ctrl-C stops.\n`);
  await trickle(warehouse.log, clock, options.rules, options.traffic.seed, signal);
  return EXIT.done;
};

const replayAll = async (
  { signal, clock, progress, data, input }: Run,
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
