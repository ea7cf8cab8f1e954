import type { Runs } from './runs';

/** Users of one group: 2 ** 12. What the ends of their runs take stays in the processor's cache while these are made. */
const GROUP_BITS = 12;
const GROUP = 1 << GROUP_BITS;
/** Of a click: user, reference, second, placement. */
const WORDS = 4;
/** Clicks that are brought together at a time: memory of 16 bytes for each, beside the state that grows. */
const AT_ONCE = 1 << 23;

/** Numbers of users from `from` to below `end`: whole groups. */
export interface Users {
  readonly from: number;
  readonly end: number;
}

/** How many clicks will be put, by group of users. */
export class ClicksOfGroups {
  private readonly counts: Uint32Array;

  /** @param users the numbers of all users are below */
  constructor(private readonly users: number) {
    this.counts = new Uint32Array((users + GROUP - 1) >>> GROUP_BITS);
  }

  add(user: number): void {
    this.counts[user >>> GROUP_BITS] = (this.counts[user >>> GROUP_BITS] ?? 0) + 1;
  }

  /** All users, in batches of about so many clicks that their memory is little. */
  *batches(atOnce = AT_ONCE): Iterable<ByUsers> {
    for (let first = 0; first < this.counts.length;) {
      let last = first;
      let total = 0;
      do total += this.counts[last++] ?? 0;
      while (last < this.counts.length && total + (this.counts[last] ?? 0) <= atOnce);
      yield new ByUsers(
        { from: first << GROUP_BITS, end: Math.min(this.users, last << GROUP_BITS) },
        this.counts.subarray(first, last),
      );
      first = last;
    }
  }
}

/**
 * Clicks that come in the order of time, brought together by groups of users, within which they keep their order. Put into runs one by one
 * each would touch memory that nothing else touches for long: this way, whatever is touched is either next to what was, or little.
 */
export class ByUsers {
  private readonly words: Uint32Array;
  /** By group, where the next click stands. */
  private readonly ends: Uint32Array;
  private readonly firstGroup: number;

  /** @param counts how many clicks will be put, by group of these users */
  constructor(
    readonly users: Users,
    counts: Uint32Array,
  ) {
    this.firstGroup = users.from >>> GROUP_BITS;
    let total = 0;
    this.ends = counts.map((count) => (total += count) - count);
    this.words = new Uint32Array(total * WORDS);
  }

  put(user: number, click: number, second: number, placement: number): void {
    const group = (user >>> GROUP_BITS) - this.firstGroup;
    const end = this.ends[group] ?? 0;
    this.ends[group] = end + 1;
    const { words } = this;
    const at = end * WORDS;
    words[at] = user;
    words[at + 1] = click;
    words[at + 2] = second;
    words[at + 3] = placement;
  }

  /** Makes their runs, of which there are none. `indexIn` says where one belongs among those of its user that stand there, if not behind them. */
  into(runs: Runs, indexIn: (user: number, click: number, second: number) => number): void {
    const { words, ends, users } = this;
    const counts = new Uint32Array(GROUP);
    /** By user, the last second of the run, + 1. */
    const after = new Float64Array(GROUP);
    let from = 0;
    for (const [group, last] of ends.entries()) {
      const end = last * WORDS;
      const first = users.from + (group << GROUP_BITS);
      counts.fill(0);
      for (let at = from; at < end; at += WORDS) {
        const user = (words[at] ?? 0) - first;
        counts[user] = (counts[user] ?? 0) + 1;
      }
      for (let user = 0; user < GROUP; user++) if ((counts[user] ?? 0) > 0) runs.reserve(first + user, counts[user] ?? 0);
      after.fill(0);
      for (; from < end; from += WORDS) {
        const user = words[from] ?? 0;
        const click = words[from + 1] ?? 0;
        const second = words[from + 2] ?? 0;
        const placement = words[from + 3] ?? 0;
        if (second >= (after[user - first] ?? 0)) {
          after[user - first] = second + 1;
          runs.append(user, click, second, placement);
        } else runs.insert(user, indexIn(user, click, second), click, second, placement);
      }
    }
  }
}
