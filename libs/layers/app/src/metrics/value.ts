import type { Attribution, Part, Ratio } from '@millrace/ads';
import type { Chosen } from './selection';

/** A row as the store sends it: window, keys and stored columns. */
export type StoredRow = Readonly<Record<string, string | number>>;

export type MetricValue = number | null | Partial<Record<Attribution, number>>;

/** The stored column of a metric, or of one attribution of it (`columnsOf`). */
export const columnName = (metric: string, attribution?: Attribution): string =>
  attribution === undefined ? metric : `${metric}_${attribution}`;

const numberAt = (row: StoredRow, column: string): number => {
  const value = row[column];
  // A missing column is a fault of ours: zero would be a wrong number with an innocent look.
  if (typeof value !== 'number') throw new TypeError(`The store sent no number for ${column}`);
  return value;
};

export const valueOf = ({ metric, attributions }: Chosen, row: StoredRow): MetricValue =>
  metric.split
    ? Object.fromEntries(attributions.map((attribution) => [attribution, numberAt(row, columnName(metric.name, attribution))]))
    : numberAt(row, columnName(metric.name));

const sumOf = ({ metric, attributions }: Part, row: StoredRow): number =>
  attributions === undefined
    ? numberAt(row, metric)
    : attributions.reduce((sum, attribution) => sum + numberAt(row, columnName(metric, attribution)), 0);

/** Computed from sums at read time, never stored or averaged (R16); null where there is nothing to divide by. */
export const ratioOf = ({ numerator, denominator, scale }: Ratio, row: StoredRow): number | null => {
  const divisor = sumOf(denominator, row);
  return divisor === 0 ? null : (sumOf(numerator, row) / divisor) * scale;
};
