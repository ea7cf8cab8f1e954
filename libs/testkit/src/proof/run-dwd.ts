import { type Fact, type Late, partitionOf, type Rules, TOPICS } from '@millrace/ads';
import { createDwd, type DwdCounters, sumCounters } from '@millrace/layer-dwd';
import { type Layer, type TopicPartition, writerOf } from '@millrace/stream';
import { ChainDriver } from '../driver/chain-driver';
import type { History } from '../histories';
import { odsRow } from './rows';

export interface RunOptions {
  readonly rules: Rules;
  /** Partitions of every topic. */
  readonly partitions?: number;
  /** How ODS's frames and DWD's batches were cut. */
  readonly frame_rows?: number;
  readonly batch?: number;
  /** Moves the watermark there at the end, so that everything that waits falls due. */
  readonly finish_ms?: number;
  /** Layers that read DWD's facts. */
  readonly behind?: readonly Layer[];
}

export interface DwdRun {
  readonly chain: ChainDriver;
  /** What came out, one list for each record of the input that caused it. */
  readonly records: readonly (readonly Fact[])[];
  readonly facts: readonly Fact[];
  readonly late: readonly Late[];
  readonly counters: DwdCounters;
}

const WRITER: TopicPartition = { topic: 'raw.test', partition: 0 };
const writer = writerOf(WRITER);

/** DWD over a history, as ODS would have handed it on from one raw partition. */
export function runDwd(
  history: History,
  { rules, partitions = 1, frame_rows = Infinity, batch, finish_ms, behind = [] }: RunOptions,
): DwdRun {
  const dwd = createDwd({ rules });
  const chain = new ChainDriver({ layers: [dwd, ...behind], partitions: () => partitions, batch });
  const inputs = dwd.inputs.flatMap((topic) => Array.from({ length: partitions }, (_, partition) => ({ topic, partition })));
  const everywhere = (clock_ms: number, next_offset: number): void => {
    const tick = { writer, next_offset, clock_ms, known: [writer] };
    for (const to of inputs) chain.appendFrame(to, { source: WRITER, rows: [], offsets: [], ordinals: [], clocks: [], tick });
  };

  everywhere(-Infinity, 0);
  const lanes = new Map(
    inputs.map((to) => [writerOf(to), { to, rows: [] as object[], offsets: [] as number[], clocks: [] as number[] }]),
  );
  let clock_ms = -Infinity;
  history.forEach((delivered, offset) => {
    const { topic, row } = odsRow(delivered);
    clock_ms = Math.max(clock_ms, row.event_time);
    const lane = lanes.get(writerOf({ topic, partition: partitionOf(row.user_id, partitions) }));
    lane?.rows.push(row);
    lane?.offsets.push(offset);
    lane?.clocks.push(clock_ms);
  });
  for (const { to, rows, offsets, clocks } of lanes.values()) {
    for (let first = 0; first < rows.length; first += frame_rows) {
      const cut = <T>(column: readonly T[]): T[] => column.slice(first, first + frame_rows);
      chain.appendFrame(to, {
        source: WRITER,
        rows: cut(rows),
        offsets: cut(offsets),
        ordinals: cut(rows).map(() => 0),
        clocks: cut(clocks),
      });
    }
  }
  if (finish_ms !== undefined) everywhere(finish_ms + rules.lateness_ms, history.length);
  chain.pump();

  const records = byRecord(chain);
  return {
    chain,
    records,
    facts: records.flat(),
    late: chain.rows<Late>(TOPICS.late),
    counters: sumCounters(dwd.operators.map(({ counters }) => counters)),
  };
}

/** With several partitions the facts of one record are apart, but those of one event and of one cell's row are not. */
function byRecord(chain: ChainDriver): Fact[][] {
  const records = new Map<string, Fact[]>();
  for (const { source, rows, offsets } of chain.frames(TOPICS.fact)) {
    rows.forEach((row, i) => {
      const key = `${writerOf(source)} ${offsets[i]}`;
      const record = records.get(key);
      if (record === undefined) records.set(key, [row as Fact]);
      else record.push(row as Fact);
    });
  }
  return [...records.values()];
}
