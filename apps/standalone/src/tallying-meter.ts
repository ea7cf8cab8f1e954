import type { Meter } from '@millrace/stream';

type Labels = Readonly<Record<string, string>>;

/** Passes everything on, and remembers the sums of what was counted, for the report. */
export class TallyingMeter implements Meter {
  private readonly tallies = new Map<string, { readonly labels: Labels; sum: number }[]>();

  constructor(private readonly next: Meter) {}

  count(name: string, by: number, labels: Labels = {}): void {
    const tallies = this.tallies.get(name) ?? [];
    this.tallies.set(name, tallies);
    const tally = tallies.find((known) => same(known.labels, labels));
    if (tally === undefined) tallies.push({ labels, sum: by });
    else tally.sum += by;
    this.next.count(name, by, labels);
  }

  gauge(name: string, value: number, labels?: Labels): void {
    this.next.gauge(name, value, labels);
  }

  observe(name: string, value: number, labels?: Labels): void {
    this.next.observe(name, value, labels);
  }

  forget(labels: Labels): void {
    this.next.forget(labels);
  }

  /** Of everything counted under the name with these labels among its own. */
  sum(name: string, labels: Labels): number {
    return (this.tallies.get(name) ?? []).reduce((sum, tally) => (includes(tally.labels, labels) ? sum + tally.sum : sum), 0);
  }
}

const includes = (labels: Labels, some: Labels): boolean => Object.entries(some).every(([name, value]) => labels[name] === value);
const same = (a: Labels, b: Labels): boolean => includes(a, b) && includes(b, a);
