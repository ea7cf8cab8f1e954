import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Run } from './bench';
import { spread } from './spread';

/** Of one candidate at one size of input. */
interface Entry {
  /** Smallest of the runs, CPU µs per event, and what the yardstick said then. */
  readonly us_per_event: number;
  readonly yardstick_us: number;
  readonly runs: number;
  readonly node: string;
  readonly commit: string;
}

interface Document {
  /** Names "bench, what, events" → figure. */
  readonly [name: string]: Entry;
}

export interface Comparison {
  readonly name: string;
  readonly before: number;
  readonly now: number;
  /** Of the figures, each by its yardstick: 1.1 is a tenth dearer. */
  readonly ratio: number;
  readonly regressed: boolean;
}

/** A kept figure, and those of today: compared only where bench, candidate and number of events are the same. */
export class Baseline {
  #document: Document;

  constructor(
    private readonly path: string,
    /** By which share a figure may rise: other work on a shared machine moves even the smallest of five runs. */
    readonly tolerance: number,
  ) {
    this.#document = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Document) : {};
  }

  compare(name: string, runs: readonly Run[], yardstick_us: number): Comparison | null {
    const held = this.#document[name];
    if (held === undefined) return null;
    const now = spread(runs.map(({ us_per_event }) => us_per_event)).min;
    const ratio = now / yardstick_us / (held.us_per_event / held.yardstick_us);
    return { name, before: held.us_per_event, now, ratio, regressed: ratio > 1 + this.tolerance };
  }

  keep(
    name: string,
    runs: readonly Run[],
    on: { readonly yardstick_us: number; readonly node: string; readonly commit: string },
  ): void {
    const us_per_event = rounded(spread(runs.map((run) => run.us_per_event)).min);
    const entry: Entry = { ...on, us_per_event, yardstick_us: rounded(on.yardstick_us), runs: runs.length };
    this.#document = { ...this.#document, [name]: entry };
  }

  save(): void {
    const sorted = Object.fromEntries(Object.entries(this.#document).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(this.path, `${JSON.stringify(sorted, null, 2)}\n`);
  }
}

const rounded = (number: number): number => Number(number.toPrecision(4));
