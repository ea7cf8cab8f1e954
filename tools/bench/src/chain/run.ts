import { freePort, withTheParent } from '@millrace/testkit/servers';
import { type Command, ServiceProcess } from '@millrace/up';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answers } from '../adjoin/check';
import type { AdjoinInput } from '../adjoin/input';
import { MODES, type ModeName } from '../adjoin/modes';
import { Spool } from '../adjoin/spool';
import { ENVIRONMENT_OF_IMAGE, FLAGS_OF_IMAGE } from '../harness/as-deployed';
import { cpuOf_us, peakRss_mb } from '../harness/cpu';
import { partOfChain } from '../harness/parts';
import { shares } from '../harness/profile';
import type { Broker } from './broker';
import { DWS_APART, type DwsAnswers } from './dws-apart';
import { Progress } from './progress';

export interface ChainJob {
  readonly input: AdjoinInput;
  readonly mode: ModeName;
  /** Everything that is written goes here. */
  readonly scratch: string;
  readonly source: object;
  readonly profile: boolean;
}

export interface ChainAnswer {
  readonly us_per_event: number;
  readonly second_half: number;
  /** Start-up and warm-up included. */
  readonly whole: number;
  readonly events: number;
  readonly wall_s: number;
  readonly rss_mb: number;
  readonly processes: Readonly<Record<string, number>>;
  readonly rss: Readonly<Record<string, number>>;
  readonly apart: Readonly<Record<string, number>>;
  readonly emitted_rows: number;
  readonly answers: Answers;
  readonly parts?: Readonly<Record<string, number>>;
}

const HOPS = ['ods', 'dwd', 'dws'] as const;
/** Code is compiled and buffers are made in the first part of the input, which is not counted. */
const WARM_UP = 0.15;
const LOOK_MS = 1_000;
const STALL_MS = 120_000;

/** The three services over a broker that has the input, from their start until DWS has seen the end of it. */
export async function chain(broker: Broker, { input, mode, scratch, source, profile }: ChainJob): Promise<ChainAnswer> {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  await broker.renew();
  const declared = join(scratch, 'source.json');
  writeFileSync(declared, JSON.stringify(source));
  const answered = join(scratch, 'dws.json');
  const common = {
    MILLRACE_LOG_LEVEL: 'info',
    MILLRACE_KAFKA_BROKERS: broker.address,
    MILLRACE_KAFKA_GROUP_PREFIX: `bench.${Date.now()}.`,
    MILLRACE_SOURCES: declared,
    [DWS_APART.mode]: mode,
    [DWS_APART.answers]: answered,
  };
  const broker_us = cpuOf_us(broker.pid);
  const began_ms = performance.now();
  const services: ServiceProcess[] = [];
  const progress: Progress[] = [];
  try {
    for (const hop of HOPS) {
      const port = await freePort();
      const service = new ServiceProcess({
        name: hop,
        program: hop === 'dws' ? (process.argv[1] ?? '') : join('dist/apps', hop, 'main.js'),
        environment: {
          ...common,
          ...ENVIRONMENT_OF_IMAGE,
          MILLRACE_HEALTH_PORT: String(port),
          MILLRACE_SNAPSHOTS_DIRECTORY: join(scratch, 'snapshots', hop),
          ...(hop === 'dws' && { BENCH_SERVICE: 'dws' }),
        },
        log: join(scratch, `${hop}.log`),
        say: (line) => process.stderr.write(`${line}\n`),
        // Whatever ends the bench ends them.
        command: ([node, ...own]) =>
          withTheParent([
            node,
            ...FLAGS_OF_IMAGE,
            ...(profile ? ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${join(scratch, 'profile', hop)}`] : []),
            ...own,
          ]) as Command,
      });
      services.push(service);
      progress.push(new Progress(hop, service.pid ?? 0, `http://127.0.0.1:${port}/metrics`));
    }
    await Promise.race([untilDone(progress, input.events, services), ...services.map(({ failed }) => failed)]);
    const wall_s = (performance.now() - began_ms) / 1_000;
    const apart_us = cpuOf_us(broker.pid) - broker_us;
    const rss = Object.fromEntries(services.map(({ name, pid }) => [name, peakRss_mb(pid ?? 0)]));
    for (const service of services) await service.stop();
    if (services.some(({ ends }) => ends > 0)) throw new Error(`a service ended by itself; see ${scratch}`);
    const dws = JSON.parse(readFileSync(answered, 'utf8')) as DwsAnswers;
    progress.find(({ name }) => name === 'dws')?.ended(dws.cpu_us);
    return {
      ...figures(progress, input.events, dws.checking_us),
      wall_s,
      rss_mb: Object.values(rss).reduce((sum, mb) => sum + mb, 0),
      rss,
      apart: { kafka: apart_us / input.events },
      emitted_rows: dws.emitted_rows,
      answers: await answersOf(broker, dws, mode, scratch),
      ...(profile && { parts: partsOf(scratch, progress) }),
    };
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
}

/**
 * Done when nobody has taken anything for some looks, after ODS has taken all of the input. What then still waits is a timer's:
 * ticks, and the emission.
 */
async function untilDone(progress: readonly Progress[], events: number, services: readonly ServiceProcess[]): Promise<void> {
  let [rows, since_ms] = [-1, performance.now()];
  for (;;) {
    const [ods = 0, ...others] = await Promise.all(progress.map((one) => one.look()));
    const taken = others.reduce((sum: number | null, more) => (sum === null || more === null ? null : sum + more), ods);
    const now_ms = performance.now();
    // Whoever does not answer is at work, and so not done.
    if (taken !== null && taken !== rows) [rows, since_ms] = [taken, now_ms];
    // A watermark reaches DWS a tick of ODS and one of DWD later: three seconds are more than both.
    else if (taken !== null && (ods ?? 0) >= events && now_ms - since_ms > 3_000) return;
    else if (now_ms - since_ms > STALL_MS)
      throw new Error(`nothing has moved for ${STALL_MS / 1_000} s: ${services.map(({ name }) => name).join()}`);
    await sleep(LOOK_MS);
  }
}

function figures(progress: readonly Progress[], events: number, checking_us: number) {
  const between = (from: number): Record<string, number> =>
    Object.fromEntries(
      progress.map((one) => [
        one.name,
        (one.all_us - one.cpuAt_us(from)) / (events * (1 - from)) - (one.name === 'dws' ? checking_us / events : 0),
      ]),
    );
  const sum = (of: Readonly<Record<string, number>>): number => Object.values(of).reduce((total, us) => total + us, 0);
  const processes = between(WARM_UP);
  return {
    us_per_event: sum(processes),
    second_half: sum(between(0.5)),
    whole: (progress.reduce((total, { all_us }) => total + all_us, 0) - checking_us) / events,
    events,
    processes,
  };
}

async function answersOf(broker: Broker, dws: DwsAnswers, mode: ModeName, scratch: string): Promise<Answers> {
  const answers: Answers = { facts: join(scratch, 'facts'), rows: join(scratch, 'rows.json'), metrics: MODES[mode].checked };
  const spool = new Spool(answers.facts);
  await broker.facts((frame) => spool.add(frame));
  spool.close();
  writeFileSync(answers.rows, JSON.stringify(dws.rows));
  return answers;
}

/** `ods client` …: shares of the CPU of all three. */
function partsOf(scratch: string, progress: readonly Progress[]): Record<string, number> {
  const all = progress.reduce((sum, { all_us }) => sum + all_us, 0);
  return Object.fromEntries(
    progress.flatMap(({ name, all_us }) => {
      const folder = join(scratch, 'profile', name);
      const [file] = existsSync(folder) ? readdirSync(folder) : [];
      if (file === undefined) return [];
      const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profiler.Profile;
      return Object.entries(shares(profile, partOfChain)).map(
        ([part, share]) => [`${name} ${part}`, (share * all_us) / all] as const,
      );
    }),
  );
}
