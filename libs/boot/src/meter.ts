import type { Meter } from '@millrace/stream';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** Seconds and numbers of rows alike: three buckets per decade. */
const BUCKETS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000,
];

/**
 * The Meter as Prometheus reads it: `rows_in` counted becomes `millrace_rows_in_total`. A metric is made when it is first
 * used, with the labels that it is then given; it keeps to those names.
 */
export class PromMeter implements Meter {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();

  constructor({ process = true }: { readonly process?: boolean } = {}) {
    if (process) collectDefaultMetrics({ register: this.#registry });
  }

  count(name: string, by: number, labels: Labels = {}): void {
    const counter = obtain(this.#counters, name, () => new Counter(this.#describe(`${name}_total`, labels)));
    counter.inc(labels, by);
  }

  gauge(name: string, value: number, labels: Labels = {}): void {
    const gauge = obtain(this.#gauges, name, () => new Gauge(this.#describe(name, labels)));
    gauge.set(labels, value);
  }

  observe(name: string, value: number, labels: Labels = {}): void {
    const histogram = obtain(this.#histograms, name, () => new Histogram({ ...this.#describe(name, labels), buckets: BUCKETS }));
    histogram.observe(labels, value);
  }

  /** What `GET /metrics` answers. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #describe(name: string, labels: Labels) {
    return {
      name: `millrace_${name}`,
      help: name.replaceAll('_', ' '),
      labelNames: Object.keys(labels),
      registers: [this.#registry],
    };
  }
}

function obtain<Metric>(known: Map<string, Metric>, name: string, make: () => Metric): Metric {
  const metric = known.get(name) ?? make();
  known.set(name, metric);
  return metric;
}
