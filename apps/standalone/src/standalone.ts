import { zoneOf } from '@millrace/ads';
import { SystemClock } from '@millrace/boot';
import { topicsOf } from '@millrace/layer-ods';
import type { FastifyInstance } from 'fastify';
import { Complaint } from './complaint';
import { DataDirectory } from './data-directory';
import { fileInput } from './input/file-input';
import { replay } from './input/replay';
import { trafficInput } from './input/traffic-input';
import type { Options } from './options';
import { Progress } from './progress';
import { Answers } from './report/answers';
import { check } from './report/check';
import { documentOf } from './report/document';
import { countLayers } from './report/layers';
import { checkLines, dayTable, layerLines } from './report/print';
import { loadSource } from './sources';
import { LIVE_TOPIC, trickle } from './trickle';
import { openWarehouse } from './warehouse';

/**
 * The whole life of `npm start`: replay, report, check, then serve until `signal`. Returns the exit code: 1 when the
 * totals differ from the source's own. Throws a Complaint for what the user can mend.
 */
export const standalone = async (options: Options, signal: AbortSignal): Promise<number> => {
  const { rules, partitions, emission_interval_ms } = options;
  const clock = new SystemClock();
  const progress = new Progress(() => clock.now_ms());
  const events = loadSource('events');
  const input = options.replay.length > 0 ? fileInput(options.replay, loadSource(options.source)) : trafficInput(options, events);
  const sources = [loadSource('http'), { ...events, name: 'live' }, input.source];
  const data = DataDirectory.open(options);
  let replayed = false;
  try {
    const warehouse = await openWarehouse({
      data,
      sources,
      rules,
      partitions,
      emission_interval_ms,
      clock,
      // A replay's topic is read to its end many times before the replay has ended: only then is its end the present.
      idles: (topic) => topic !== input.topic || replayed,
      onRebuild: ({ layer, input: { topic, partition }, position, target }) => progress.show(`rebuilding ${layer} from ${topic}/${partition}: ${position} of ${target}`),
      warn: (message) => process.stderr.write(`${message}\n`),
    });
    try {
      const running = warehouse.runner.run();
      const failed = running.then(() => new Promise<never>(() => undefined));
      const live = async (): Promise<number> => {
        if (!options.exit) await listenOrComplain(warehouse.app, options);
        await warehouse.runner.ready();
        warehouse.setUnready(['replaying']);
        const began_ms = clock.now_ms();
        const records = await replay(input, warehouse.log, data, {
          signal,
          sleep: (ms) => clock.sleep(ms),
          onProgress: ({ records: read, share }) =>
            progress.show(`replaying ${input.name}: ${read} records${share === null ? '' : `, ${Math.floor(share * 100)} %`}`),
        });
        replayed = true;
        if (signal.aborted) return STOPPED;
        await warehouse.runner.drain();
        const seconds = (clock.now_ms() - began_ms) / 1000;
        progress.done(`replayed ${input.name}: ${records} records in ${seconds.toFixed(1)} s`);

        const answers = new Answers(warehouse.app, warehouse.olap, zoneOf(rules.zone));
        const days = await answers.days();
        const totals = input.totals();
        const checked = totals === null ? null : await check(totals, days, answers, warehouse.census.counts(input.topic));
        const layers = await countLayers(warehouse, [...sources.flatMap(topicsOf)]);
        if (options.json) process.stdout.write(`${JSON.stringify(documentOf(layers, days, checked))}\n`);
        (options.json ? process.stderr : process.stdout).write(
          `${[...layerLines(layers), '', ...dayTable(days), '', ...(checked === null ? [] : checkLines(checked))].join('\n')}\n`,
        );
        warehouse.setUnready([]);
        const code = checked !== null && checked.equal !== checked.of ? 1 : 0;
        if (options.exit || code !== 0) return code;
        process.stdout.write(`Serving ${addressOf(warehouse.app)}/docs with a trickle of live traffic. Ctrl-C stops.\n`);
        await trickle(warehouse.log, clock, rules, options.seed, signal);
        return code;
      };
      return await Promise.race([live(), failed, aborted(signal)]);
    } finally {
      await warehouse.close();
    }
  } finally {
    data.close();
  }
};

/** As a shell counts a command that Ctrl-C ended; a run that was only serving ended well. */
const STOPPED = 130;
const GRACE_MS = 10_000;

/** A replay that waits for its input (standard input, say) does not see the signal; it gets some time to see it. */
const aborted = (signal: AbortSignal): Promise<number> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => setTimeout(() => resolve(STOPPED), GRACE_MS).unref(), { once: true });
  });

const listenOrComplain = async (app: FastifyInstance, { host, port }: Options): Promise<void> => {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new Complaint(`Port ${port} on ${host} is in use. Choose another with --port, or --port 0 for any free one.`);
    throw new Complaint(`The API cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}.`);
  }
};

const addressOf = (app: FastifyInstance): string => {
  const address = app.server.address();
  if (address === null || typeof address === 'string') return address ?? '';
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
};
