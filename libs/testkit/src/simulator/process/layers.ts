import { checksum } from '@millrace/adapters/file';
import { partitionOf, refusalOfRules, type Rules } from '@millrace/ads';
import { createArchive } from '@millrace/layer-archive';
import { createDwd } from '@millrace/layer-dwd';
import { createDws } from '@millrace/layer-dws';
import { createOds } from '@millrace/layer-ods';
import { type Instance, type Meter, type RecoveryEvent, Runner, type RunnerOptions } from '@millrace/stream';
import type { Outside } from '../outside';
import { SimulatedClickHouse } from '../ports/clickhouse';
import { SimulatedClock } from '../ports/clock';
import { type Disk, SimulatedStore, SimulatedVolume } from '../ports/disk';
import { SimulatedLog } from '../ports/log';
import { SimulatedRedis } from '../ports/redis';
import { EVENTS, hasState, HTTP, INPUTS, type LayerName, MAX_RECORD_BYTES } from '../scenario/scenario';
import { SnapshotWatch } from '../truth/durability';
import type { Life } from '../world/life';

const layersOf = (layer: LayerName, rules: Rules): Pick<RunnerOptions, 'raw' | 'layers'> => {
  switch (layer) {
    case 'ods':
      return { raw: [createOds({ sources: [EVENTS, HTTP], rules, maxRecordBytes: MAX_RECORD_BYTES })] };
    case 'dwd':
      return { layers: [createDwd({ rules })] };
    case 'dws':
      return { layers: [createDws({ rules })] };
    case 'archive':
      return { layers: [createArchive()] };
  }
};

/** What the platform configures a process with. */
export interface Configuration {
  readonly layer: LayerName;
  readonly instance: Instance;
  readonly rules: Rules;
  /** Whether the ends of raw topics are told with the wall clock. */
  readonly idles: () => boolean;
  /** Told what becomes of its partitions. */
  readonly onRecovery: (event: RecoveryEvent) => void;
}

/** A runner over ports that are bound to one life of a process. */
export interface Running {
  readonly runner: Runner;
  readonly log: SimulatedLog;
  readonly olap: SimulatedClickHouse;
}

export function runnerOf(outside: Outside, life: Life, disk: Disk, configuration: Configuration): Running {
  const { world, scenario } = outside;
  const { layer, instance, rules, idles, onRecovery } = configuration;
  const watch = new SnapshotWatch(outside, life, disk, layer);
  const log = new SimulatedLog(outside, life, (group, of, offset) => watch.committed(group, of, offset));
  const olap = new SimulatedClickHouse(world, life, outside.tables);
  watch.sending = log.sending;
  if (hasState(layer))
    outside.loudness.begins(
      life,
      layer,
      INPUTS[layer].flatMap((topic) => outside.brokers.all(topic)),
    );
  const runner = new Runner(
    {
      log,
      codec: outside.codec,
      clock: new SimulatedClock(world, life),
      meter: NO_METER,
      partitioner: partitionOf,
      sinks: { olap, serving: new SimulatedRedis(world, life, outside.served) },
      snapshots: {
        volume: new SimulatedVolume(world, life, disk, watch),
        ...(scenario.store && { store: new SimulatedStore(world, life, outside.blobs) }),
        checksum,
      },
    },
    {
      ...layersOf(layer, rules),
      ...scenario.pace,
      decision_poll_ms: scenario.pace.poll_ms,
      instance,
      idles,
      onRecovery,
      fingerprint: JSON.stringify(rules),
      rules: { data: rules, refusal: (before, watermark_ms) => refusalOfRules(before as Rules, rules, watermark_ms) },
    },
  );
  return { runner, log, olap };
}

const NO_METER: Meter = { count: () => undefined, observe: () => undefined, gauge: () => undefined, forget: () => undefined };
