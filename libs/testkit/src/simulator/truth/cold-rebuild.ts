import { METRIC_TABLE, partitionOf, PROGRESS, TABLES, TOPICS } from '@millrace/ads';
import { createDwd, sumCounters } from '@millrace/layer-dwd';
import { createDws } from '@millrace/layer-dws';
import { cellOf, type Emitting, type Layer, PartitionTask, type TopicPartition, writerOf } from '@millrace/stream';
import type { OracleEvent } from '../../oracle';
import type { Outside } from '../outside';
import type { Row } from '../ports/clickhouse';

/**
 * All logs once more, through fresh operators that nothing has ever happened to: every row must be the one that is there,
 * byte for byte, and none may be missing or too many; DWS's sums must be those of the store. On the way everything that was
 * accepted is counted: stored, a duplicate, or late (nothing is, within the promised disorder).
 */
export function coldRebuildObjections(outside: Outside): string[] {
  return [...dwdObjections(outside), ...dwsObjections(outside)];
}

function dwdObjections(outside: Outside): string[] {
  const { books, brokers, rules } = outside;
  const dwd = createDwd({ rules });
  const objections: string[] = [];
  const counted = new Map<string, number>();
  for (const input of dwd.inputs.flatMap((topic) => brokers.all(topic))) {
    const task = taskOf(dwd, input, outside);
    task.run(brokers.everything(input));
    for (const { to, frame } of task.take(false)) {
      counted.set(writerOf(to), (counted.get(writerOf(to)) ?? 0) + frame.rows.length);
      frame.rows.forEach((row, i) =>
        books.same(to, frame.source, frame.offsets[i] ?? 0, frame.ordinals[i] ?? 0, row, 'a cold rebuild'),
      );
    }
    const accepted = books.lane(input).rows.length;
    const taken = dwd.operators.at(-1)?.counters.in;
    if (taken !== accepted) objections.push(`${writerOf(input)}: ${accepted} rows were accepted, and ${taken ?? 0} taken`);
  }
  for (const lane of [...books.lanes(TOPICS.fact), ...books.lanes(TOPICS.late)]) {
    const rows = counted.get(writerOf(lane.of)) ?? 0;
    if (rows !== lane.rows.length)
      objections.push(`${writerOf(lane.of)} has ${lane.rows.length} rows that count, and a cold rebuild makes ${rows}`);
  }
  return [...objections, ...countObjections(outside, sumCounters(dwd.operators.map(({ counters }) => counters)))];
}

/**
 * What DWD says it did with all that was accepted, against a count of identities and versions in the order of the logs (R8).
 * Of the invalidations of one target the earliest stands; how long DWD remembers that is its own affair, so those that
 * repeat it may be counted or not.
 */
function countObjections({ books }: Outside, counters: ReturnType<typeof sumCounters>): string[] {
  const count = { duplicates: 0, superseded: 0, invalidations: 0 };
  for (const { rows } of [TOPICS.action, TOPICS.exposure].flatMap((topic) => books.lanes(topic))) {
    const versions = new Map<string, number>();
    for (const { row } of rows) {
      const { type, source, event_id, user_id, event_version } = row as OracleEvent;
      if (type === 'invalidate') {
        count.invalidations++;
        continue;
      }
      const identity = JSON.stringify([type, source, event_id, user_id]);
      const version = type === 'exposure' ? 1 : (event_version ?? 1);
      const standing = versions.get(identity);
      if (standing === version) count.duplicates++;
      else if (standing !== undefined && version < standing) count.superseded++;
      versions.set(identity, Math.max(version, standing ?? version));
    }
  }
  const { duplicates, superseded, conflicts, late } = counters;
  const said = `DWD counts ${duplicates} duplicates, ${superseded} superseded, ${conflicts} conflicts, ${late} late`;
  const isRight =
    duplicates >= count.duplicates &&
    duplicates <= count.duplicates + count.invalidations &&
    superseded === count.superseded &&
    conflicts + late === 0;
  return isRight ? [] : [`${said}; there are ${JSON.stringify(count)}, and neither conflicts nor late events`];
}

function dwsObjections(outside: Outside): string[] {
  const { brokers, tables, rules } = outside;
  const dws = createDws({ rules });
  const cold = new Map<string, Row>();
  for (const input of dws.inputs.flatMap((topic) => brokers.all(topic))) {
    const task = taskOf(dws, input, outside);
    task.run(brokers.everything(input));
    const emission = (task.operator as unknown as Emitting).collect(task.position, EPOCH);
    for (const { columns, values, rows } of emission?.blocks ?? []) {
      for (let at = 0; at < rows; at++) {
        const row: Record<string, string | number | null> = {};
        columns.forEach(({ name }, i) => (row[name] = (cellOf(values[i] ?? [], at) ?? null) as string | number | null));
        cold.set(keyOf(row), row);
      }
    }
  }
  const stored = new Map([...tables.rows(METRIC_TABLE).values()].map((row) => [keyOf(row), row]));
  return [...new Set([...cold.keys(), ...stored.keys()])].flatMap((key) => {
    const [is, should] = [contentOf(stored.get(key)), contentOf(cold.get(key))];
    return equal(is, should)
      ? []
      : [`ClickHouse, row ${key.replaceAll('\u0000', ' ')}: ${JSON.stringify(is)}, a cold DWS: ${JSON.stringify(should)}`];
  });
}

const EPOCH = 1;
const { orderBy } = TABLES.find(({ name }) => name === METRIC_TABLE) ?? { orderBy: [] };
const keyOf = (row: Row): string => orderBy.map((name) => String(row[name])).join('\u0000');

/** Where nothing was ever read there is no progress to tell, and none to compare. */
const contentOf = (row: Row | undefined): Row | null =>
  row === undefined || (row['window'] === PROGRESS && row['version'] === FIRST) ? null : row;

/** Sums alone: when they were last written, and up to where, depends on the emissions. */
const equal = (one: Row | null, other: Row | null): boolean =>
  one === null || other === null
    ? one === other
    : Object.keys({ ...one, ...other }).every((name) => OF_EMISSIONS.includes(name) || one[name] === other[name]);
const OF_EMISSIONS = ['version', 'watermark'];
const FIRST = 2 ** 40;

const taskOf = (layer: Layer, input: TopicPartition, { brokers, codec }: Outside): PartitionTask =>
  new PartitionTask({
    layer,
    input,
    writers: layer.inputs.flatMap((topic) => brokers.all(topic)).map(writerOf),
    codec,
    partitions: (topic) => brokers.partitions(topic),
    partitioner: partitionOf,
  });
