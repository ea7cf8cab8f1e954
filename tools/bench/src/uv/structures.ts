import { GRAINS } from '@millrace/ads';
import { DayCounts, DistinctUsers } from '@millrace/layer-dwd';
import { drawing } from '../driven/draws';
import { ownCpu_us, peakRss_mb } from '../harness/cpu';
import { DistinctNumbers } from './distinct-numbers';
import type { UvJob } from './job';

/** Drawn before the clock runs, so many at a time. */
const PIECE = 10_000;
const WARM_UP = 200_000;
const BIT = GRAINS.find(({ name }) => name === 'campaign')?.uv_bit ?? 0;

interface Drawn {
  readonly day: number;
  readonly user: number;
  readonly campaign: number;
}

/** What is measured: it takes a piece, and says of how many of its events the user was new under the campaign and day. */
interface Structure {
  take(piece: readonly Drawn[]): number;
  readonly entries: number;
  readonly bytes: number;
}

/** Counting alone: numbers of users and campaigns in, one count per (user, campaign, day). */
export const counts = (job: UvJob) => measured(job, () => new Counting());

/** As DWD counts an exposure's user: names in, a count at each of the grains. */
export const named = (job: UvJob) => measured(job, () => new Naming());

class Counting implements Structure {
  readonly #days = new Map<number, DayCounts>();

  take(piece: readonly Drawn[]): number {
    let found = 0;
    for (const { day, user, campaign } of piece) {
      let counts = this.#days.get(day);
      if (counts === undefined) {
        // As DWD does when a day begins.
        this.#days.get(day - 1)?.trim();
        this.#days.set(day, (counts = new DayCounts()));
      }
      if (counts.up(user, campaign)) found++;
    }
    return found;
  }

  get entries(): number {
    return [...this.#days.values()].reduce((sum, { entries }) => sum + entries, 0);
  }
  get bytes(): number {
    return [...this.#days.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

class Naming implements Structure {
  readonly #users = new DistinctUsers();
  /** As decoding gives them: texts of their own for each event. */
  #events: { readonly day: number; readonly event: Parameters<DistinctUsers['put']>[1] }[] = [];

  prepare(piece: readonly Drawn[]): void {
    this.#events = piece.map(({ day, user, campaign }) => ({
      day,
      event: {
        user_id: `u${user}`,
        merchant_id: `m${campaign % 100}`,
        campaign_id: `c${campaign}`,
        ad_id: `a${campaign * 4 + (user % 4)}`,
        item_id: null,
        currency: 'CNY',
      },
    }));
  }

  take(): number {
    let found = 0;
    for (const { day, event } of this.#events) if ((this.#users.put(day, event) & BIT) !== 0) found++;
    return found;
  }

  get entries(): number {
    return this.#users.entries;
  }
  get bytes(): number {
    return this.#users.bytes;
  }
}

async function measured({ events, users, campaigns, days }: UvJob, make: () => Structure & { prepare?(piece: readonly Drawn[]): void }) {
  const below = drawing(3);
  const draw = (n: number, total: number): Drawn => ({
    day: 20_000 + Math.floor((n / total) * days),
    user: below(users),
    campaign: below(campaigns),
  });
  const truth = new DistinctNumbers();
  const through = (structure: ReturnType<typeof make>, total: number, counted: boolean) => {
    let [spent_us, half_us, distinct, wrong] = [0, 0, 0, 0];
    for (let n = 0; n < total;) {
      const piece = Array.from({ length: Math.min(PIECE, total - n) }, (_, i) => draw(n + i, total));
      structure.prepare?.(piece);
      const before_us = ownCpu_us();
      const found = structure.take(piece);
      spent_us += ownCpu_us() - before_us;
      distinct += found;
      if (counted) {
        const right = piece.filter(({ day, user, campaign }) => truth.add((day * campaigns + campaign) * users + user)).length;
        if (right !== found) wrong++;
      }
      n += piece.length;
      if (half_us === 0 && n >= total / 2) half_us = spent_us;
    }
    return { spent_us, half_us, distinct, wrong };
  };
  through(make(), Math.min(WARM_UP, events), false);
  const structure = make();
  const { spent_us, half_us, distinct, wrong } = through(structure, events, true);
  const { entries, bytes } = structure;
  return {
    us_per_event: spent_us / events,
    second_half: (spent_us - half_us) / (events / 2),
    events,
    rss_mb: peakRss_mb(),
    correct: wrong === 0 && distinct === truth.size,
    entries,
    bytes_per_user_key_day: bytes / entries,
    found: { distinct_of_campaigns: distinct, should_be: truth.size },
  };
}
