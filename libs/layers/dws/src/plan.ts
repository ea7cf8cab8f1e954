import { ATTRIBUTIONS, type Attribution, type Fact, type FactKind, type Metric, type Term } from '@millrace/ads';
import type { Families } from './families';

/** What is added to columns of one family. */
export class Addends {
  /** Places in the family. */
  readonly columns: Int32Array;
  readonly values: Float64Array;
  /** Each value is a share of the event or of its amount. */
  readonly #shares: Float64Array;
  readonly #amounts: Float64Array;

  constructor(additions: readonly Addition[]) {
    this.columns = Int32Array.from(additions, ({ place }) => place);
    this.values = new Float64Array(additions.length);
    this.#shares = Float64Array.from(additions, ({ add, sign }) => (add === 'amount' ? 0 : sign));
    this.#amounts = Float64Array.from(additions, ({ add, sign }) => (add === 'amount' ? sign : 0));
  }

  take(share: number, amount: number): void {
    const { values } = this;
    for (let i = 0; i < values.length; i++)
      values[i] = (this.#shares[i] as number) * share + (this.#amounts[i] as number) * amount;
  }
}

/** What is added to a row, by family. */
export class Added {
  readonly narrow: Addends;
  readonly wide: Addends;

  constructor(additions: readonly Addition[]) {
    this.narrow = new Addends(additions.filter(({ isWide }) => !isWide));
    this.wide = new Addends(additions.filter(({ isWide }) => isWide));
  }

  take(share: number, amount: number): void {
    this.narrow.take(share, amount);
    this.wide.take(share, amount);
  }
}

/**
 * What a fact adds at one instant: the same to every row it reaches, so it is worked out once per fact, into arrays that are
 * used again. Users are apart, for they differ by grain. Null: nothing.
 */
export class Booking {
  readonly sums: Added | null;
  readonly users: Added | null;

  constructor(additions: readonly Addition[]) {
    const of = (users: boolean): Added | null => {
      const these = additions.filter(({ add }) => (add === 'users') === users);
      return these.length === 0 ? null : new Added(these);
    };
    this.sums = of(false);
    this.users = of(true);
  }

  take(sign: number, share: number, amount: number): void {
    this.sums?.take(sign * share, sign * amount);
    this.users?.take(sign, 0);
  }
}

/** What facts of one sort add, by the instant at which it is booked; null: nothing. */
export interface Bookings {
  readonly event: Booking | null;
  readonly order: Booking | null;
}

interface Addition {
  readonly place: number;
  readonly isWide: boolean;
  readonly add: Term['add'];
  readonly sign: 1 | -1;
}

/** The definition of the metrics turned around: from each sort of fact to the columns it touches. */
export class Plan {
  /** By kind, then attribution and channel. */
  readonly #bookings: Readonly<Record<FactKind, readonly Bookings[]>>;
  /** Facts come in runs of one sort. */
  #kind: FactKind | null = null;
  #attribution: Attribution | null = null;
  #channel: Fact['channel'] = null;
  #last: Bookings = { event: null, order: null };

  constructor(
    metrics: readonly Metric[],
    readonly families: Families,
    which: (metric: Metric) => boolean,
  ) {
    const planned = metrics.filter(which);
    const bookings = (kind: FactKind): Bookings[] =>
      [null, ...ATTRIBUTIONS].flatMap((attribution) =>
        [null, 'private' as const].map((channel) => ({
          event: this.#booking(planned, kind, attribution, channel, 'event'),
          order: this.#booking(planned, kind, attribution, channel, 'order'),
        })),
      );
    this.#bookings = {
      exposure: bookings('exposure'),
      click: bookings('click'),
      message: bookings('message'),
      order: bookings('order'),
      cancel: bookings('cancel'),
      payment: bookings('payment'),
      refund: bookings('refund'),
    };
  }

  of({ kind, attribution, channel }: Fact): Bookings {
    const isLast = kind === this.#kind && attribution === this.#attribution && channel === this.#channel;
    // Kept even where they are equal: those of the next fact of a frame are these very texts, and need no comparing.
    this.#kind = kind;
    this.#attribution = attribution;
    this.#channel = channel;
    if (isLast) return this.#last;
    const number = (attribution === null ? 0 : ATTRIBUTIONS.indexOf(attribution) + 1) * 2 + (channel === 'private' ? 1 : 0);
    const bookings = this.#bookings[kind][number];
    if (bookings === undefined) throw new RangeError(`no attribution ${String(attribution)}`);
    this.#last = bookings;
    return bookings;
  }

  #booking(
    metrics: readonly Metric[],
    kind: FactKind,
    attribution: Attribution | null,
    channel: 'private' | null,
    booked: Term['booked'],
  ): Booking | null {
    const additions = metrics.flatMap((metric) =>
      metric.terms
        .filter((term) => term.fact === kind && term.booked === booked && (term.channel ?? channel) === channel)
        .map((term) => this.#addition(metric, attribution, term)),
    );
    return additions.length === 0 ? null : new Booking(additions);
  }

  #addition(metric: Metric, attribution: Attribution | null, { add, sign }: Term): Addition {
    const { columns, places, isWide } = this.families;
    const column = columns.findIndex(
      (each) => each.metric === metric && (!metric.split || attribution === null || each.attribution === attribution),
    );
    const place = places[column];
    if (place === undefined) throw new RangeError(`no column for ${metric.name}`);
    return { place, isWide: isWide[column] === true, add, sign };
  }
}
