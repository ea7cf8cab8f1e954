import { exportedName, METRICS, type MetricDefinition } from './definitions';
import { PromMeter } from './prom-meter';

const PARTITION = { layer: 'dwd', topic: 'ods.action', partition: '3' };
const meter = () => new PromMeter({ process: false });

test('names metrics as Prometheus wants them', async () => {
  const prometheus = meter();
  prometheus.count('rows_in', 2, PARTITION);
  prometheus.count('rows_in', 3, PARTITION);
  prometheus.gauge('lag_records', 7, PARTITION);
  prometheus.observe('emission_seconds', 0.3);
  const text = await prometheus.text();
  expect(text).toContain('# TYPE millrace_rows_in_total counter\n');
  expect(text).toContain('millrace_rows_in_total{layer="dwd",topic="ods.action",partition="3"} 5\n');
  expect(text).toContain('millrace_lag_records{layer="dwd",topic="ods.action",partition="3"} 7\n');
  expect(text).toContain('millrace_emission_seconds_count 1\n');
  expect(text).toContain('millrace_emission_seconds_bucket{le="0.2"} 0\n');
  expect(text).toContain('millrace_emission_seconds_bucket{le="0.5"} 1\n');
});

test('what an operator counts by kind has the label that the definition names', async () => {
  const prometheus = meter();
  prometheus.count('ods_rejected', 4, { topic: 'raw.a', kind: 'not_json' });
  expect(await prometheus.text()).toContain('millrace_ods_rejected_total{topic="raw.a",reason="not_json"} 4\n');
});

test('exports all that is defined for the service from the beginning, and nothing of another', async () => {
  const text = await new PromMeter({ service: 'archive', process: false }).text();
  const defined = Object.entries<MetricDefinition>(METRICS).filter(([, { services }]) => services.includes('archive'));
  const exported = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(exported.sort()).toEqual(defined.map(([name, definition]) => exportedName(name, definition)).sort());
});

test('refuses what is not defined: a name, or a label', () => {
  expect(() => meter().count('rows_of_user', 1)).toThrow('rows_of_user is no counter of this service');
  expect(() => meter().gauge('rows_in', 1, PARTITION)).toThrow('rows_in is no gauge');
  expect(() => meter().count('rows_in', 1, { user_id: 'u-1' })).toThrow('user_id');
  expect(() => new PromMeter({ service: 'app', process: false }).count('rows_in', 1, PARTITION)).toThrow('rows_in is no counter');
});

test('a gauge that is forgotten has no value, and its neighbour has', async () => {
  const prometheus = meter();
  for (const partition of ['3', '4']) prometheus.gauge('lag_records', 7, { ...PARTITION, partition });
  prometheus.gauge('restored_position', 9, { ...PARTITION, from: 'volume' });
  prometheus.count('rows_in', 5, PARTITION);
  prometheus.forget(PARTITION);
  const text = await prometheus.text();
  expect(text).not.toMatch(/^millrace_\w+{.*partition="3".*} [79]$/m);
  expect(text).toMatch(/^millrace_lag_records{.*partition="4"} 7$/m);
  // A counter may not fall, nor come back lower.
  expect(text).toMatch(/^millrace_rows_in_total{.*partition="3"} 5$/m);
  prometheus.gauge('lag_records', 8, PARTITION);
  expect(await prometheus.text()).toMatch(/^millrace_lag_records{.*partition="3"} 8$/m);
});

test('measures the process when it is asked', async () => {
  const prometheus = new PromMeter({ service: 'dws', commit: 'abc1234' });
  let asked = 0;
  prometheus.beforeScrape(() => prometheus.gauge('ready', ++asked));
  const text = await prometheus.text();
  expect(text).toMatch(/^millrace_build_info{service="dws",version=".+",commit="abc1234",node="v\d+\..+"} 1$/m);
  for (const stat of ['p50', 'p99', 'max'])
    expect(text).toMatch(new RegExp(`^millrace_event_loop_delay_seconds{stat="${stat}"} \\d`, 'm'));
  for (const memory of ['process', 'heap']) {
    const [, bytes] = new RegExp(`^millrace_memory_limit_bytes{memory="${memory}"} (\\d+)$`, 'm').exec(text) ?? [];
    expect(Number(bytes)).toBeGreaterThan(1 << 24);
  }
  expect(text).toMatch(/^millrace_ready 1$/m);
  expect(await prometheus.text()).toMatch(/^millrace_ready 2$/m);
  expect(text).toContain('# TYPE process_resident_memory_bytes gauge');
});
