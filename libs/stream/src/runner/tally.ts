import type { Counting } from '../operator';
import type { Meter } from '../ports';

/** Tells a meter what an operator's counters have gained. One per operator, whose counters begin anew with it. */
export class Tally {
  /** By metric and kind: the most that was told. One that falls (what was counted is taken back) is told again beyond that. */
  readonly #told = new Map<string, number>();
  readonly #before = new Map<string, number>();

  constructor(private readonly counting: Counting) {}

  /** What was counted until now has been told before, by the process that did the work the first time. */
  skip(): void {
    for (const { key, sum } of entriesOf(this.counting.counters)) this.#before.set(key, sum);
  }

  /** A counter that is seen for the first time is told even if it is 0, so that its first rise is one. */
  tell(meter: Meter, layer: string, topic: string): void {
    for (const { key, name, kind, sum } of entriesOf(this.counting.counters)) {
      const told = this.#told.get(key);
      const from = told ?? this.#before.get(key) ?? 0;
      if (told !== undefined && sum <= told) continue;
      const to = Math.max(sum, from);
      this.#told.set(key, to);
      meter.count(`${layer}_${name}`, to - from, { topic, ...(kind !== null && { kind }) });
    }
  }
}

function* entriesOf(counters: object) {
  for (const [name, value] of Object.entries(counters) as [string, unknown][]) {
    if (typeof value === 'number') yield { key: name, name, kind: null, sum: value };
    else if (typeof value === 'object' && value !== null)
      for (const [kind, sum] of Object.entries(value) as [string, unknown][])
        if (typeof sum === 'number') yield { key: `${name} ${kind}`, name, kind, sum };
  }
}
