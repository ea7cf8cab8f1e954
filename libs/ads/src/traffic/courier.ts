import { BAD_RECORDS } from './bad-records';
import type { Happening } from './happening';
import { Heap } from './heap';
import type { TrafficOptions } from './options';
import { PROPORTIONS, endOf } from './options';
import type { Random } from './random';
import type { TrafficCounts } from './totals';
import { lineOf } from './wire';

/** A line, and when it arrives. */
export interface Delivery {
  readonly line: string;
  readonly deliver_ms: number;
}

interface Pending extends Delivery {
  /** Lines that arrive in one ms do so in the order in which they were sent. */
  readonly sequence: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Carries lines from where they happen to us, by networks as they are: out of order, twice, late, and with garbage between. */
export class Courier {
  readonly #pending = new Heap<Pending>(
    (a, b) => a.deliver_ms < b.deliver_ms || (a.deliver_ms === b.deliver_ms && a.sequence < b.sequence),
  );
  readonly #end: number;
  /** Most of what B allows; the rest is room for the second delivery of duplicates. */
  readonly #disorder: number;
  #sequence = 0;
  #bad = 0;
  readonly counts: Pick<TrafficCounts, 'lines' | 'events' | 'duplicates' | 'late' | 'rejected'> = {
    lines: 0,
    events: 0,
    duplicates: 0,
    late: 0,
    rejected: {},
  };

  constructor(
    private readonly options: TrafficOptions,
    private readonly random: Random,
  ) {
    this.#end = endOf(options);
    this.#disorder = Math.floor((options.rules.lateness_ms * 2) / 3);
  }

  send(happening: Happening): void {
    const { random, counts } = this;
    const t = happening.event.event_time;
    const line = lineOf(happening.event);
    counts.events++;
    const lateBy = this.#lateness(happening);
    if (lateBy > 0) {
      counts.late++;
      this.#enqueue(line, t + lateBy);
      return;
    }
    const arrives = t + this.#delay();
    this.#enqueue(line, arrives);
    if (random.chance(PROPORTIONS.duplicate)) {
      counts.duplicates++;
      const again = arrives + random.below(10 * MINUTE);
      this.#enqueue(line, Math.min(again, t + this.options.rules.lateness_ms));
    }
    if (random.chance(PROPORTIONS.bad)) this.#garble(t);
  }

  /** What has arrived by `now`, in order. */
  *arrivals(now: number): Generator<Delivery> {
    for (let next = this.#pending.peek(); next !== undefined && next.deliver_ms <= now; next = this.#pending.peek()) {
      this.#pending.pop();
      this.counts.lines++;
      yield next;
    }
  }

  /** Mostly seconds, now and then minutes, and hours for a phone that was offline. */
  #delay(): number {
    const { random } = this;
    const choice = random.below(1_000);
    const usual = choice < 920 ? 5 * SECOND : choice < 990 ? 10 * MINUTE : this.#disorder + 1;
    return random.below(Math.min(usual, this.#disorder + 1));
  }

  /**
   * 0, or how late a record is that is too late: at least 2 B. Only what no credit can depend on is ever late, while its
   * day is still held, and not so near the end that nothing after it could have made it late.
   */
  #lateness({ event, user, withdrawn }: Happening): number {
    const { lateness_ms, invalidation_ms } = this.options.rules;
    if (!user.onlooker || withdrawn || (event.type !== 'exposure' && event.type !== 'click')) return 0;
    if (!this.random.chance(PROPORTIONS.late)) return 0;
    const most = Math.min(4 * lateness_ms, invalidation_ms);
    if (most <= 2 * lateness_ms || event.event_time + most > this.#end) return 0;
    return this.random.between(2 * lateness_ms, most);
  }

  #garble(t: number): void {
    const bad = BAD_RECORDS[this.#bad++ % BAD_RECORDS.length];
    if (bad === undefined) return;
    const { rejected } = this.counts;
    rejected[bad.reason] = (rejected[bad.reason] ?? 0) + 1;
    this.#enqueue(bad.line(`${this.options.id_prefix}bad-${this.#bad}`, t), t + this.#delay());
  }

  #enqueue(line: string, deliver_ms: number): void {
    this.#pending.push({ line, deliver_ms, sequence: this.#sequence++ });
  }
}
