import { DEFAULT_RULES, LAST_TOUCH, METRICS, type Fact, type Metric, RATIOS, type Part, type Rules, TOPICS } from '@millrace/ads';
import { createDwd } from '@millrace/layer-dwd';
import { createOds } from '@millrace/layer-ods';
import { ChainDriver } from '../driver/chain-driver';
import { cellsOfFacts } from '../fold';
import type { OracleEvent } from '../oracle';

/** A worked example of the manual: what happens, in the order of its arrival, and all numbers that come of it in some rows. */
export interface Example {
  readonly title: string;
  readonly says: string;
  readonly events: readonly OracleEvent[];
  readonly rules?: Partial<Rules>;
  readonly model?: string;
  readonly rows: readonly ExampleRow[];
}

/** A row, named as the cells are: `grain|path…|day|date`, or `click_day` for the date basis of the click. */
export interface ExampleRow {
  readonly row: string;
  /** Metric, or `metric|attribution` → value. Nothing else in this row is other than 0. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Ratios that are worth showing. */
  readonly ratios?: Readonly<Record<string, number>>;
}

const EVENTS = { name: 'events', format: { type: 'json' }, mappings: [{ identity: true }] } as const;
/** When the raw log gets the events: after all of them, so that none is in the future; within B of each other they are in time. */
const RECEIVED_MS = Date.UTC(2025, 11, 31);

/** Every number that the layers make of the events. Throws when one of them is rejected. */
export function cellsOfExample({ events, rules, model = LAST_TOUCH }: Example): Map<string, number> {
  const all: Rules = { ...DEFAULT_RULES, ...rules };
  const chain = new ChainDriver({ raw: [createOds({ sources: [EVENTS], rules: all })], layers: [createDwd({ rules: all })] });
  const records = events.map((event) => ({
    value: JSON.stringify(event.type === 'invalidate' ? { ...event, reason: 'robot' } : event),
    timestamp_ms: RECEIVED_MS,
  }));
  chain.append({ topic: 'raw.events', partition: 0 }, records);
  chain.pump();
  const rejected = chain.rows(TOPICS.rejected);
  if (rejected.length > 0) throw new Error(`rejected: ${JSON.stringify(rejected)}`);
  return cellsOfFacts(chain.rows<Fact>(TOPICS.fact), all.zone, model);
}

/** The numbers of one row; counts of a model that shares conversions in conversions, as the API gives them. */
export function numbersOf(cells: ReadonlyMap<string, number>, row: string, model = LAST_TOUCH): Record<string, number> {
  const own = [...cells].filter(([cell]) => cell.startsWith(`${row}|`));
  return Object.fromEntries(
    own.map(([cell, value]): [string, number] => {
      const name = cell.slice(row.length + 1);
      const metric = metricOf(name);
      return [name, model !== LAST_TOUCH && metric.split && metric.unit === 'events' ? value / 1_000_000 : value];
    }),
  );
}

/** `orders|direct` → the definition of `orders`. */
export function metricOf(name: string): Metric {
  const metric = METRICS.find((each) => each.name === name.split('|')[0]);
  if (metric === undefined) throw new Error(`there is no metric ${name}`);
  return metric;
}

/** A ratio over the numbers of a row, from its definition (R16). */
export function ratioOf(name: string, numbers: Readonly<Record<string, number>>): number {
  const ratio = RATIOS.find((each) => each.name === name);
  if (ratio === undefined) throw new Error(`there is no ratio ${name}`);
  const sum = ({ metric, attributions }: Part): number =>
    (attributions?.map((attribution) => `${metric}|${attribution}`) ?? [metric]).reduce(
      (all, each) => all + (numbers[each] ?? 0),
      0,
    );
  return (sum(ratio.numerator) / sum(ratio.denominator)) * ratio.scale;
}
