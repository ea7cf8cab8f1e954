import { openClickHouseStore } from '@millrace/adapters/clickhouse';
import { KafkaLog } from '@millrace/adapters/kafka';
import { zoneOf } from '@millrace/ads';
import { createLogger, Dependencies, PromMeter, type Settings, SystemClock } from '@millrace/boot';
import { topicsOf } from '@millrace/layer-ods';
import { clickHouseOptionsOf, Complaint, kafkaOptionsOf, loadSource, rulesOf } from '@millrace/service';
import {
  Answers,
  check,
  checkLines,
  dayTable,
  LIVE_TOPIC,
  replay,
  totalsOf,
  trafficInput,
  trickle,
  unlessStopped,
} from '@millrace/service/demo';
import type { OlapStore } from '@millrace/stream';
import { ask } from './asking';
import { memoryIn } from './memory';
import type { UP_OPTIONS } from './options';
import { prepare } from './prepared';
import { rejectedIn } from './rejected';
import type { ServiceProcess } from './service-process';
import { startServices } from './services';
import { settled } from './settled';

export interface Surroundings {
  readonly signal: AbortSignal;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Where a service's built program is. */
  readonly programs: (service: string) => string;
  /** What flags and the configuration file say, by environment names: for the services. */
  readonly given: Readonly<Record<string, string>>;
}

/**
 * The five services over real servers, and the demo's traffic through all of them: then the same check as standalone's.
 * Returns the exit code: 0, or 1 when totals differ from the source's own. Throws Stopped when the signal came before.
 */
export const up = async (settings: Settings<typeof UP_OPTIONS>, around: Surroundings): Promise<number> => {
  const { signal, stdout, stderr } = around;
  const say = (line: string): void => void stderr.write(`${line}\n`);
  const clock = new SystemClock();
  const rules = rulesOf(settings);
  const events = loadSource('events');
  const traffic = { seed: settings.seed, days: settings.days, lines_per_day: settings.linesPerDay };
  const input = trafficInput({ traffic, rules }, events);
  const sources = [input.source, { ...events, name: 'live' }];
  const olap = openClickHouseStore(clickHouseOptionsOf(settings));
  const services: ServiceProcess[] = [];
  let log: KafkaLog | null = null;
  try {
    const outside = sources.flatMap(topicsOf);
    const dependencies = new Dependencies({
      clock,
      meter: new PromMeter({ process: false }),
      logger: createLogger({ level: 'warn', readable: true }),
    });
    const isComplaint = (error: unknown): boolean => error instanceof Complaint;
    await dependencies.until('topics and tables', () => prepare(settings, outside, olap), signal, isComplaint);
    // A topic that was just made is not known everywhere at once.
    log = await dependencies.until(
      'kafka',
      () => KafkaLog.connect({ ...kafkaOptionsOf(settings), isOutside: (topic) => outside.includes(topic) }),
      signal,
    );

    // All of it before ODS begins: at the end of a topic it takes the present for the time, and there the traffic must be over.
    const records = await replay(input, log, memoryIn(settings.directory), {
      signal,
      sleep: (ms) => clock.sleep(ms, signal),
      onProgress: () => undefined,
      max_ahead_records: Infinity,
    });
    const fed_ms = clock.now_ms();
    say(`${input.topic} has ${input.name}: ${records} records`);

    services.push(...startServices(settings, sources, { programs: around.programs, given: around.given, say }));
    const failed = Promise.race(services.map((service) => service.failed));
    const work = async (): Promise<number> => {
      await unlessStopped(signal, Promise.race([failed, Promise.all(services.map(({ ready }) => ready))]));
      const address = services.at(-1)?.address ?? '';
      for (const { name } of services) say(`✓ ${name}`);
      const through = settled(
        log as KafkaLog,
        olap,
        { fed_ms, lateness_ms: rules.lateness_ms },
        { signal, sleep: (ms) => clock.sleep(ms, signal), onProgress: () => undefined },
      );
      await unlessStopped(signal, Promise.race([failed, through]));
      say(`through all layers in ${((clock.now_ms() - fed_ms) / 1000).toFixed(1)} s`);
      const code = await reportAll(settings, input, { address, olap, zone: rules.zone }, { stdout, stderr });
      if (settings.exit) return code;
      say(`Serving ${address}/docs with a trickle of live traffic in ${LIVE_TOPIC}. Ctrl-C stops.`);
      await Promise.race([failed, trickle(log as KafkaLog, clock, rules, settings.seed, signal)]);
      return code;
    };
    return await work();
  } finally {
    // In the order of the flow: each layer still takes what the one before it had to say.
    for (const service of services) await service.stop();
    await log?.close();
    await olap.close();
  }
};

const reportAll = async (
  { json }: Settings<typeof UP_OPTIONS>,
  input: ReturnType<typeof trafficInput>,
  { address, olap, zone }: { readonly address: string; readonly olap: OlapStore; readonly zone: string },
  { stdout, stderr }: Pick<Surroundings, 'stdout' | 'stderr'>,
): Promise<number> => {
  const answers = new Answers(
    (query) => ask(`${address}/v1/metrics?${new URLSearchParams(query).toString()}`, new SystemClock()),
    olap,
    zoneOf(zone),
  );
  const days = await answers.days();
  const totals = input.totals();
  if (totals === null) throw new Error('the traffic does not know its totals');
  const checked = await check(totals, days, answers, await rejectedIn(olap, input.topic));
  if (json) stdout.write(`${JSON.stringify({ days, total: totalsOf(days), check: { equal: checked.equal, of: checked.of } })}\n`);
  (json ? stderr : stdout).write(`\n${[...dayTable(days), '', ...checkLines(checked)].join('\n')}\n`);
  return checked.equal === checked.of ? 0 : 1;
};
