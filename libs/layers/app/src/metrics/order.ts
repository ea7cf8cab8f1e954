import { RATIOS, type KeyField, type Statement } from '@millrace/ads';
import type { Faults } from '../problem/faults';
import { unknownName } from '../problem/nearest';
import type { Selection } from './selection';
import { columnName } from './value';

/** How the rows of an answer are ordered before it is cut: by a field, or by an expression over stored columns. */
export interface Order {
  readonly name: string;
  readonly descending: boolean;
  readonly sql: string;
}

/** `-clicks`. Only what the answer shows can order it. */
export const parseOrder = (
  given: string | undefined,
  keys: readonly KeyField[],
  selection: Selection,
  faults: Faults,
): Order | null => {
  if (given === undefined) return null;
  const descending = given.startsWith('-');
  const name = descending ? given.slice(1) : given;
  const sortable = sortables(keys, selection);
  const sql = sortable.get(name);
  if (sql === undefined) {
    faults.add(
      'order',
      `${unknownName('column to order by', name, [...sortable.keys()])} A metric must also be among those asked for.`,
    );
    return null;
  }
  return { name, descending, sql };
};

/** Name → expression. The names are ours, from the definitions, so no text of the asker gets into SQL. */
const sortables = (keys: readonly KeyField[], { metrics, ratios }: Selection): ReadonlyMap<string, string> =>
  new Map([
    ...['window_start', ...keys].map((field): [string, string] => [field, quote(field)]),
    ...metrics.flatMap(({ metric, attributions }): [string, string][] => [
      [metric.name, metric.split ? sum(metric.name, attributions) : quote(metric.name)],
      ...attributions.map((attribution): [string, string] => [
        `${metric.name}.${attribution}`,
        quote(columnName(metric.name, attribution)),
      ]),
    ]),
    ...RATIOS.filter((ratio) => ratios.includes(ratio)).map(({ name, numerator, denominator }): [string, string] => {
      const [above, below] = [numerator, denominator].map(({ metric, attributions }) =>
        attributions ? sum(metric, attributions) : quote(metric),
      );
      return [name, `if(${below} = 0, NULL, ${above} / ${below})`];
    }),
  ]);

const sum = (metric: string, attributions: Selection['metrics'][number]['attributions']): string =>
  `(${attributions.map((attribution) => quote(columnName(metric, attribution))).join(' + ')})`;

const quote = (name: string): string => `\`${name}\``;

/** The same rows in another order. Ties fall back to window and keys, so that equal questions cut equally. */
export const ordered = ({ sql, params }: Statement, order: Order, keys: readonly KeyField[], limit: number): Statement => ({
  sql: `SELECT * FROM (\n${sql}\n)\nORDER BY ${order.sql} ${order.descending ? 'DESC' : 'ASC'} NULLS LAST, ${['window_start', ...keys].map(quote).join(', ')}\nLIMIT {app_limit:UInt32}`,
  params: { ...params, app_limit: limit },
});
