import type { FileLogOptions } from '@millrace/adapters/file';
import { checksum, FileLog, FileVolume, LogLockedError } from '@millrace/adapters/file';
import { openChdbStore } from '@millrace/adapters/chdb';
import { migrate } from '@millrace/adapters/clickhouse';
import { MemoryServingStore } from '@millrace/adapters/memory';
import { TOPICS } from '@millrace/ads';
import type { Rules } from '@millrace/ads';
import { PromMeter } from '@millrace/boot';
import { Agreement, createApp, NoticeBoard } from '@millrace/layer-app';
import { createArchive } from '@millrace/layer-archive';
import { createDwd } from '@millrace/layer-dwd';
import { createDws } from '@millrace/layer-dws';
import type { SourceDeclaration } from '@millrace/layer-ods';
import { createOds, topicsOf } from '@millrace/layer-ods';
import {
  beginCountingLateLane,
  Complaint,
  createRunner,
  measuredLog,
  measuredOlap,
  measuredServing,
  measureFreshness,
  noticesOf,
  SinkMeter,
} from '@millrace/service';
import { type Clock, type ContinuityError, type RebuildProgress, writerOf } from '@millrace/stream';
import type { DataDirectory } from './data-directory';
import { RejectedCensus } from './rejected-census';
import { TallyingMeter } from './tallying-meter';

/** How often some numbers of open days are compared between their two stores. */
const COMPARISON_MS = 5_000;

export interface WarehouseOptions {
  readonly data: Pick<DataDirectory, 'path' | 'log' | 'olap' | 'snapshots'>;
  readonly sources: readonly SourceDeclaration[];
  readonly rules: Rules;
  readonly partitions: number;
  /** Raw topics whose records have one order, that of a file (R8: the first in the log stands): they have one partition. Default: none. */
  readonly inOrder?: (topic: string) => boolean;
  readonly emission_interval_ms: number;
  /** About how much a task takes at a time; default: the runner's. */
  readonly fetch_bytes?: number;
  readonly clock: Clock;
  /** Whether a raw topic's end may be told with the wall clock. */
  readonly idles: (topic: string) => boolean;
  readonly snapshot_interval_ms: number;
  readonly onRebuild: (progress: RebuildProgress) => void;
  readonly onRestored: (restored: Pick<RebuildProgress, 'layer' | 'input' | 'position'>) => void;
  /** A partition stands still (D7). Default: nobody is told, and nothing is ready. */
  readonly onStopped?: (error: ContinuityError) => void;
  readonly warn: (message: string) => void;
}

/** The four layers and the archive over embedded stores, in one process. Wiring only: what each does, its layer says. */
export const openWarehouse = async ({
  data,
  sources,
  rules,
  partitions,
  clock,
  warn,
  inOrder = () => false,
  ...options
}: WarehouseOptions) => {
  const log = await openLog(data, { clock, warn });
  const prometheus = new PromMeter({ service: 'standalone' });
  const meter = new TallyingMeter(prometheus);
  const ods = createOds({ sources, rules });
  const dwd = createDwd({ rules });
  const dws = createDws({ rules });
  const archive = createArchive();
  const census = new RejectedCensus();
  for (const topic of [...sources.flatMap(topicsOf), TOPICS.action, TOPICS.exposure, TOPICS.rejected, TOPICS.fact, TOPICS.late])
    await log.ensure(topic, inOrder(topic) ? 1 : partitions);

  const olap = await openChdbStore(data.olap);
  await migrate(olap);
  const serving = new MemoryServingStore(clock);
  const notices = new NoticeBoard();
  const ports = { clock, meter };
  beginCountingLateLane(meter);
  for (const source of sources)
    for (const topic of topicsOf(source)) meter.gauge('source_info', 1, { source: source.name, topic });
  const measured = measuredLog(log, new SinkMeter('file', ports));
  const runner = createRunner(
    {
      log: measured,
      ...ports,
      sinks: {
        olap: measuredOlap(olap, new SinkMeter('chdb', ports)),
        serving: measuredServing(serving, new SinkMeter('memory', ports)),
      },
      ...(data.snapshots !== null && {
        snapshots: { volume: new FileVolume(data.snapshots), checksum, settle: () => log.sync() },
      }),
    },
    {
      raw: [ods],
      layers: [dwd, dws, archive, census],
      emission_interval_ms: options.emission_interval_ms,
      idles: options.idles,
      snapshot_interval_ms: options.snapshot_interval_ms,
      rules,
      onEmitted: (emitted) => {
        measureFreshness(
          emitted.filter(({ layer }) => layer === dws.name),
          rules.lateness_ms,
          ports,
        );
        noticesOf(dws.name, emitted).forEach((notice) => notices.publish(notice));
      },
      onRecovery: (event) => {
        if (event.kind === 'restored') options.onRestored(event);
        if (event.kind === 'passed over') warn(`The snapshot ${event.name} was not used: ${event.reason.message}.`);
        if (event.kind === 'resumed')
          warn(`Resumed at offset ${event.position}, from ${event.from}: ${event.layer} over ${writerOf(event.input)}.`);
        if (event.kind === 'stopped') options.onStopped?.(event.error);
      },
      onRebuild: options.onRebuild,
      ...(options.fetch_bytes === undefined ? {} : { fetch_bytes: options.fetch_bytes }),
    },
  );
  let reasons: readonly string[] = ['starting'];
  const health = () => healthOf([...reasons, ...runner.unready()]);
  prometheus.beforeScrape(() => {
    meter.gauge('ready', health().ready ? 1 : 0);
    runner.measure();
  });
  const openDays = { store: serving, partitions: log.partitions(TOPICS.fact), name: 'memory' };
  const stopping = new AbortController();
  void new Agreement({ olap, openDays, rules, ...ports }).watch(COMPARISON_MS, stopping.signal);
  const app = createApp({
    olap,
    openDays,
    notices,
    log: measured,
    clock,
    rules,
    health,
    metricsText: () => prometheus.text(),
    meter,
  });
  const asked = { in: 0, out: 0 };
  app.addHook('onResponse', (_request, reply, done) => {
    asked.in++;
    if (reply.statusCode < 400) asked.out++;
    done();
  });
  return {
    log,
    olap,
    runner,
    app,
    /** Requests, and those that had an answer. */
    asked,
    dwd,
    census,
    meter,
    /** Empty: ready to be asked. */
    setUnready(because: readonly string[]): void {
      reasons = because;
    },
    /** Stops in the reverse order of the flow's beginning: no requests, no work, no stores. */
    async close(): Promise<void> {
      reasons = ['stopping'];
      stopping.abort();
      await app.close();
      try {
        await runner.stop();
      } finally {
        await serving.close();
        await olap.close();
        await log.close();
      }
    },
  };
};

const healthOf = (reasons: readonly string[]) => ({ ready: reasons.length === 0, reasons });

const openLog = async ({ log, path }: Pick<DataDirectory, 'log' | 'path'>, options: FileLogOptions): Promise<FileLog> => {
  try {
    return await FileLog.open(log, options);
  } catch (error) {
    if (error instanceof LogLockedError)
      throw new Complaint(`The data in ${path} are in use by process ${error.pid}. Stop it, or use another --data DIR.`);
    throw error;
  }
};

export type Warehouse = Awaited<ReturnType<typeof openWarehouse>>;
