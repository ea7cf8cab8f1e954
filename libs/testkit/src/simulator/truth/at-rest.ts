import { type Fact, LAST_TOUCH, METRIC_TABLE, metricTable, METRICS, RuleBook, TOPICS } from '@millrace/ads';
import type { Rejected } from '@millrace/layer-ods';
import type { Emission } from '@millrace/stream';
import { cellsOfEmissions, cellsOfFacts } from '../../fold';
import { type Model, oracle } from '../../oracle';
import { differences, oracleOptions } from '../../proof/differences';
import { brokenCredits } from '../../proof/standing-credits';
import type { Outside } from '../outside';
import type { Row } from '../ports/clickhouse';
import type { Producers } from '../scenario/producers';
import { accountObjections } from './accounts';
import type { Books } from './books';
import { coldRebuildObjections } from './cold-rebuild';
import { servingObjections } from './serving';

/** ClickHouse = Redis = facts = oracle, in every cell of every model; one effective credit per conversion at every moment. */
export function objectionsAtRest(outside: Outside, producers: Producers): string[] {
  const { rules, books, tables, served, brokers, world } = outside;
  const events = producers.accepted;
  const metricRows = [...tables.rows(METRIC_TABLE).values()];
  const emission = emissionOf(metricRows);
  /** Entries expire some days after the newest record that was read: later, nothing need be there. */
  const alive = (partition: number): boolean => {
    const rows = books.lane({ topic: TOPICS.fact, partition }).rows;
    const newest_ms = Math.max(-Infinity, ...rows.map(({ row }) => (row as Fact).ingest_time));
    return newest_ms + KEPT_MS > world.now_ms;
  };
  return [
    ...([LAST_TOUCH, ...new RuleBook(rules).models] as Model[]).flatMap((model) => {
      const options = { zone: rules.zone, model };
      const days = oracle(events, oracleOptions(rules, model)).cells;
      const fine = oracle(events, { ...oracleOptions(rules, model), fine_windows: true }).cells;
      // What no credit touches is stored once, under the last touch.
      const stored = model === LAST_TOUCH ? fine : new Map([...fine].filter(([cell]) => IS_CREDITED.test(cell)));
      return [
        ...differences(cellsOfFacts(books.facts(), rules.zone, model), days).map((cell) => `dwd.fact, ${model}: ${cell}`),
        ...differences(cellsOfEmissions([emission], options), stored).map((cell) => `ClickHouse, ${model}: ${cell}`),
      ];
    }),
    ...brokenCredits(books.factsByRecord()),
    ...rejections(books, producers.rejected),
    ...accountObjections(outside, true),
    ...coldRebuildObjections(outside),
    ...servingObjections(metricRows, served, brokers.partitions(TOPICS.fact), rules.zone, (partition) => alive(partition)),
  ];
}

const KEPT_MS = 2 * 86_400_000;
const IS_CREDITED = /\|(direct|indirect|organic)$/;

/** What was rejected is what had to be, byte for byte: nothing else, and nothing twice. */
function rejections(books: Books, expected: ReadonlyMap<string, Uint8Array>): string[] {
  const rows = books.lanes(TOPICS.rejected).flatMap((lane) => lane.rows.map(({ row }) => row as Rejected));
  const found = new Set<string>();
  const wrong = rows.flatMap(({ topic, partition, offset, bytes, reason }) => {
    const place = `${topic}/${partition}@${offset}`;
    if (found.has(place)) return [`${place} was rejected twice`];
    found.add(place);
    const original = expected.get(place);
    if (original === undefined) return [`${place} was rejected (${reason}), and is good`];
    return Buffer.compare(original, bytes ?? new Uint8Array()) === 0
      ? []
      : [`${place} was rejected, and its bytes were not kept`];
  });
  return [...wrong, ...[...expected.keys()].filter((place) => !found.has(place)).map((place) => `${place} was not rejected`)];
}

/** The rows of the metric table as one block. */
const emissionOf = (rows: readonly Row[]): Emission => {
  const { columns } = metricTable(METRICS);
  const values = columns.map(({ name }) => rows.map((row) => row[name] ?? 0));
  return { blocks: [{ table: METRIC_TABLE, columns, values, rows: rows.length }], serving: [] };
};
