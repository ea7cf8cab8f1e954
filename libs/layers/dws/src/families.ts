import { columnsOf, type Column, type Metric } from '@millrace/ads';

/**
 * The columns of an accumulator in two families. Nearly every row counts exposures and clicks, few are reached by an effect,
 * and most columns are for effects: so each row has the columns that exposures and clicks add to, and the others, the wide
 * family, only from its first effect on.
 */
export interface Families {
  /** By number of the column in the table. */
  readonly columns: readonly Column[];
  /** Column → its place in its family. */
  readonly places: readonly number[];
  readonly isWide: readonly boolean[];
  /** Place → column. */
  readonly narrow: readonly number[];
  readonly wide: readonly number[];
}

export const familiesOf = (metrics: readonly Metric[]): Families => {
  const columns = columnsOf(metrics);
  const isWide = columns.map(({ metric }) => metric.terms.every(({ fact }) => fact !== 'exposure' && fact !== 'click'));
  const numbers = columns.map((_, number) => number);
  const narrow = numbers.filter((number) => isWide[number] === false);
  const wide = numbers.filter((number) => isWide[number] === true);
  return { columns, isWide, narrow, wide, places: numbers.map((number) => (isWide[number] === true ? wide : narrow).indexOf(number)) };
};
