import { exportedName, METRIC_DEFINITIONS, type MetricDefinition } from '@millrace/boot';
import type { RecordingRule } from '../rules/rule-files';
import { type Queried, queriedBy } from './queried';

/** What every series has from the scrape. */
const SCRAPED = ['namespace', 'job', 'instance'];

/** Of the client library, for every process. */
const OF_THE_PROCESS = new Set([
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'nodejs_heap_size_used_bytes',
  'nodejs_heap_size_total_bytes',
  'nodejs_external_memory_bytes',
  'up',
]);

/** Labels of a series by its name; of what is exported, and of what the rules record. */
export const labelsBySeries = (recorded: readonly RecordingRule[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const series = new Map<string, ReadonlySet<string>>();
  for (const [name, definition] of Object.entries(METRIC_DEFINITIONS as Readonly<Record<string, MetricDefinition>>)) {
    const exported = exportedName(name, definition);
    const labels = [...SCRAPED, ...definition.labels];
    if (definition.type === 'histogram') {
      series.set(`${exported}_bucket`, new Set([...labels, 'le']));
      for (const part of ['sum', 'count']) series.set(`${exported}_${part}`, new Set(labels));
    } else series.set(exported, new Set(labels));
  }
  for (const name of OF_THE_PROCESS) series.set(name, new Set(SCRAPED));
  // What a rule records keeps at most the labels by which it groups.
  for (const { record, expr } of recorded) series.set(record, new Set(queriedBy(expr).groupings.flatMap(({ labels }) => labels)));
  return series;
};

/** What a query asks for that nobody exports: metrics, and labels that the metric does not have. */
export const notExported = (queried: Queried, series: ReadonlyMap<string, ReadonlySet<string>>): string[] => [
  ...queried.selectors.flatMap(({ metric, labels }) => {
    const known = series.get(metric);
    if (known === undefined) return [metric];
    return labels.filter((label) => !known.has(label)).map((label) => `${metric}{${label}}`);
  }),
  ...queried.groupings.flatMap(({ labels, metrics }) => {
    const known = new Set(metrics.flatMap((metric) => [...(series.get(metric) ?? [])]));
    return labels.filter((label) => !known.has(label)).map((label) => `${label} of ${metrics.join()}`);
  }),
];
