import type { Meter } from '@millrace/stream';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { VERSION } from './build';
import { exportedName, METRICS, type MetricDefinition, type Service } from './definitions';
import { EventLoopDelay } from './event-loop';
import { memoryLimits } from './memory-limit';

type Labels = Readonly<Record<string, string>>;

export interface PromMeterOptions {
  /** Whose metrics are exported; default: those of all. */
  readonly service?: Service;
  /** That the program was built from. */
  readonly commit?: string;
  /** Whether the process itself is measured; default yes. */
  readonly process?: boolean;
}

interface Series<Metric> {
  readonly definition: MetricDefinition;
  readonly metric: Metric;
}

/**
 * The Meter as Prometheus reads it: `rows_in` counted is `millrace_rows_in_total`. What the definitions list for the service is
 * there from the beginning; any other name or label is a mistake in the program, and throws.
 */
export class PromMeter implements Meter {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Series<Counter>>();
  readonly #gauges = new Map<string, Series<Gauge>>();
  readonly #histograms = new Map<string, Series<Histogram>>();
  /** By gauge and the text of its labels: what has a value. */
  readonly #present = new Map<string, Map<string, Labels>>();
  readonly #collectors: (() => void)[] = [];
  readonly #loop: EventLoopDelay | null;

  constructor({ service, commit = 'unknown', process: measuresProcess = true }: PromMeterOptions = {}) {
    for (const [name, definition] of Object.entries<MetricDefinition>(METRICS))
      if (service === undefined || definition.services.includes(service)) this.#register(name, definition);
    this.#loop = measuresProcess ? new EventLoopDelay() : null;
    if (!measuresProcess) return;
    collectDefaultMetrics({ register: this.#registry });
    this.gauge('build_info', 1, { service: service ?? 'unknown', version: VERSION, commit, node: process.version });
    this.beforeScrape(() => this.#measureProcess());
  }

  count(name: string, by: number, labels: Labels = {}): void {
    const { metric, definition } = found(this.#counters, name, 'counter');
    metric.inc(exported(labels, definition), by);
  }

  gauge(name: string, value: number, labels: Labels = {}): void {
    const { metric } = found(this.#gauges, name, 'gauge');
    metric.set(labels, value);
    const present = this.#present.get(name) ?? new Map<string, Labels>();
    this.#present.set(name, present);
    present.set(JSON.stringify(labels), labels);
  }

  observe(name: string, value: number, labels: Labels = {}): void {
    found(this.#histograms, name, 'histogram').metric.observe(labels, value);
  }

  forget(labels: Labels): void {
    for (const [name, present] of this.#present)
      for (const [text, of] of present) {
        if (!Object.entries(labels).every(([label, value]) => of[label] === value)) continue;
        this.#gauges.get(name)?.metric.remove({ ...of });
        present.delete(text);
      }
  }

  /** Called before every answer to `GET /metrics`: what is known anyway is measured when somebody asks. */
  beforeScrape(collect: () => void): void {
    this.#collectors.push(collect);
  }

  /** What `GET /metrics` answers. */
  text(): Promise<string> {
    for (const collect of this.#collectors) collect();
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #register(name: string, definition: MetricDefinition): void {
    const { help, labels, type, buckets } = definition;
    const options = { name: exportedName(name, definition), help, labelNames: [...labels], registers: [this.#registry] };
    if (type === 'counter') this.#counters.set(name, { definition, metric: new Counter(options) });
    else if (type === 'gauge') this.#gauges.set(name, { definition, metric: new Gauge(options) });
    else this.#histograms.set(name, { definition, metric: new Histogram({ ...options, buckets: [...(buckets ?? [])] }) });
  }

  #measureProcess(): void {
    for (const [stat, seconds] of Object.entries(this.#loop?.take() ?? {}))
      this.gauge('event_loop_delay_seconds', seconds, { stat });
    for (const [memory, bytes] of Object.entries(memoryLimits())) this.gauge('memory_limit_bytes', bytes, { memory });
  }
}

/** What an operator counts by kind has a label of its own for it. */
const exported = (labels: Labels, { kind: label }: MetricDefinition): Labels => {
  const { kind, ...others } = labels;
  return kind === undefined || label === undefined ? labels : { ...others, [label]: kind };
};

const found = <Metric>(known: ReadonlyMap<string, Series<Metric>>, name: string, type: string): Series<Metric> => {
  const series = known.get(name);
  if (series === undefined) throw new TypeError(`${name} is no ${type} of this service: see metrics/definitions.ts`);
  return series;
};
