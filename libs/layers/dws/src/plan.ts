import { ATTRIBUTIONS, columnsOf, type FactKind, type Metric, type Term } from '@millrace/ads';

/** One term of a metric, resolved to the column it adds to. */
export interface Addition {
  /** The column, or that of the first attribution. */
  readonly column: number;
  readonly split: boolean;
  readonly add: Term['add'];
  readonly sign: 1 | -1;
  readonly channel: Term['channel'] | null;
}

/** What a kind of fact adds, by the instant at which it is booked. */
export interface Bookings {
  readonly event: readonly Addition[];
  readonly order: readonly Addition[];
}

export type Plan = Readonly<Record<FactKind, Bookings>>;

/** The definition of the metrics turned around: from each kind of fact to the columns it touches. */
export const planOf = (metrics: readonly Metric[], which: (metric: Metric) => boolean): Plan => {
  const columns = columnsOf(metrics);
  const additions = (kind: FactKind, booked: Term['booked']): Addition[] =>
    metrics.filter(which).flatMap((metric) =>
      metric.terms
        .filter((term) => term.fact === kind && term.booked === booked)
        .map(({ add, sign, channel = null }) => ({
          column: columns.findIndex((column) => column.metric === metric),
          split: metric.split,
          add,
          sign,
          channel,
        })),
    );
  const bookings = (kind: FactKind): Bookings => ({ event: additions(kind, 'event'), order: additions(kind, 'order') });
  return {
    exposure: bookings('exposure'),
    click: bookings('click'),
    message: bookings('message'),
    order: bookings('order'),
    cancel: bookings('cancel'),
    payment: bookings('payment'),
    refund: bookings('refund'),
  };
};

/** Offset of an attribution from the first column of a split metric. */
export const ATTRIBUTION_OFFSET = {
  direct: ATTRIBUTIONS.indexOf('direct'),
  indirect: ATTRIBUTIONS.indexOf('indirect'),
  organic: ATTRIBUTIONS.indexOf('organic'),
} as const;
