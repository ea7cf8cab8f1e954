import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportedName, LABELS, METRICS, type MetricDefinition, SERVICES } from './definitions';

/** docs/operate/metrics.md is held against the definitions; `MILLRACE_WRITE_METRICS=1` writes what follows from them. */

const PAGE = join(__dirname, '../../../../docs/operate/metrics.md');
const metrics = Object.entries(METRICS as Readonly<Record<string, MetricDefinition>>);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');
const servicesOf = ({ services }: MetricDefinition): string =>
  services.length === SERVICES.length ? 'all' : services.join(', ');

const GENERATED: Readonly<Record<string, string>> = {
  metrics: table(
    ['name', 'type', 'labels', 'in', 'is', 'answers'],
    metrics.map(([name, definition]) => [
      code([exportedName(name, definition)]),
      definition.type,
      code(definition.labels),
      servicesOf(definition),
      `${definition.help}${definition.rare ? ' Has no value before that has happened.' : ''}`,
      definition.answers,
    ]),
  ),
  labels: table(
    ['label', 'values'],
    Object.entries(LABELS).map(([label, { bound }]) => [code([label]), typeof bound === 'string' ? bound : code(bound)]),
  ),
};

const written = (page: string): string =>
  page.replace(/(<!-- (\w+): .*? -->\n\n)[^]*?(\n<!-- end -->)/g, (_, begin: string, name: string, end: string) =>
    [begin, GENERATED[name], end].join(''),
  );

test('the documented list is that of the definitions', () => {
  const page = readFileSync(PAGE, 'utf8');
  if (process.env['MILLRACE_WRITE_METRICS'] === '1') writeFileSync(PAGE, written(page));
  else expect(page).toBe(written(page));
  for (const name of Object.keys(GENERATED)) expect(page).toContain(`<!-- ${name}: `);
});

test('names are in base units, and labels are few and bounded', () => {
  for (const [name, { type, labels, buckets, services }] of metrics) {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    // promtool takes these for units, wherever they stand.
    expect(name).not.toMatch(/(^|_)(minutes?|hours?|days?|weeks?|percent|celsius|grams?|meters?)(_|$)/);
    expect(name).not.toMatch(/_(ms|millis|milliseconds|minutes|hours|kb|mb|kilobytes|megabytes|percent|total|count|sum|bucket)$/);
    expect(labels.filter((label) => label.includes('user') || label.includes('item') || label.includes('merchant'))).toEqual([]);
    expect(labels.length).toBeLessThanOrEqual(5);
    expect(buckets !== undefined).toBe(type === 'histogram');
    expect([...(buckets ?? [])].sort((a, b) => a - b)).toEqual([...(buckets ?? [])]);
    expect(services.length).toBeGreaterThan(0);
  }
  const used = new Set(metrics.flatMap(([, { labels }]) => labels));
  expect(Object.keys(LABELS).filter((label) => !used.has(label as never))).toEqual([]);
});
