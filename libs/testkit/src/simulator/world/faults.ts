import type { Random } from '@millrace/ads';

/**
 * What can go wrong, each with how often it does per opportunity, in ten thousand. Which of them a seed has, and how much of
 * it, the seed decides: a run with all faults at once hides what a few of them do.
 */
export const FAULTS = {
  'produce fails before append': 150,
  'produce fails after append': 150,
  'produce gives up': 20,
  'appended twice': 50,
  'appended late behind a newer one': 120,
  'fetch empty': 200,
  'fetch short': 300,
  'fetch repeated': 30,
  'fetch jumped': 30,
  'fetch corrupted': 15,
  crash: 10,
  'power loss': 3_000,
  'file torn': 1_500,
  'file lost': 1_500,
  'bit flip': 1_500,
  'fsync error': 60,
  'disk full': 40,
  'volume lost': 1_000,
  'snapshot store away': 15,
  'ClickHouse timeout, not applied': 200,
  'ClickHouse timeout, applied': 200,
  'ClickHouse timeout, partly applied': 200,
  'ClickHouse insert overtaken by the next': 150,
  'Redis flushed': 800,
  'Redis away': 100,
  zombie: 1_200,
  // Counted where it is seen: it comes of the one above.
  'stale tick of a zombie': 0,
  'clock jump': 1_000,
  'rolling restart': 500,
  scaling: 700,
  'rule change': 10_000,
  'topic truncated': 1_000,
  // Comes of it, where nothing but copies was lost.
  'operator proceeds knowingly': 0,
  'rules that must be refused': 1_500,
  'poisoned record': 600,
  'giant record': 200,
} as const;

export type Fault = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as Fault[];

/** The faults of one run, and how often each of them struck. */
export class Faults {
  readonly counts = new Map<Fault, number>();
  readonly #chances = new Map<Fault, number>();
  /** Healing: nothing goes wrong any more. */
  healed = false;

  constructor(
    private readonly random: Random,
    /** Only these, at their full rate. Default: the seed decides. */
    only?: readonly Fault[],
  ) {
    for (const fault of FAULT_NAMES) {
      const intensity = random.pick([0, 0, 0.5, 1, 3]);
      this.#chances.set(fault, Math.round(FAULTS[fault] * (only === undefined ? intensity : only.includes(fault) ? 1 : 0)));
    }
  }

  /** Whether it goes wrong this time. */
  strikes(fault: Fault): boolean {
    if (!this.tempts(fault)) return false;
    this.count(fault);
    return true;
  }

  /** Whether it would go wrong this time, if things are so that it can. */
  tempts(fault: Fault): boolean {
    const chance = this.#chances.get(fault) ?? 0;
    return chance > 0 && !this.healed && this.random.chance(chance);
  }

  /** It went wrong: by what else was drawn, or after it was tempted to. */
  count(fault: Fault): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }
}
