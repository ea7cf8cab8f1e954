import { ManualClock, MemoryLog, MemoryServingStore } from '@millrace/adapters/memory';
import { PromMeter } from '@millrace/boot';
import { RecordingOlapStore } from '@millrace/testkit';
import { measureFreshness } from './freshness';
import { measuredLog, measuredOlap, measuredServing, SinkMeter } from './sinks';

const BLOCK = { table: 't', columns: [], values: [], rows: 3 };
const bytes = new Uint8Array(1);

describe('what is written to a store', () => {
  let clock: ManualClock;
  let meter: PromMeter;
  beforeEach(() => {
    clock = new ManualClock(5_000_000);
    meter = new PromMeter({ process: false });
  });
  const text = () => meter.text();
  const sink = (name: ConstructorParameters<typeof SinkMeter>[0]) => new SinkMeter(name, { clock, meter });

  it('has its counters from the beginning, so that the first failure is a rise', async () => {
    sink('redis');
    expect(await text()).toMatch(/^millrace_sink_failures_total{sink="redis"} 0$/m);
    expect(await text()).toMatch(/^millrace_sink_retries_total{sink="redis"} 0$/m);
  });

  it('is measured once per write: its rows, how long it took, and when it was taken', async () => {
    const log = new MemoryLog(clock);
    await log.ensure('a', 1);
    const record = { value: bytes };
    await measuredLog(log, sink('file')).append([{ to: { topic: 'a', partition: 0 }, records: [record, record] }]);
    const serving = measuredServing(new MemoryServingStore(clock), sink('memory'));
    await serving.put([{ key: 'k', version: 1, value: bytes, expires_ms: 6_000_000 }]);
    const olap = new RecordingOlapStore();
    const insert = olap.insert.bind(olap);
    olap.insert = async (blocks) => {
      clock.advance(300);
      await insert(blocks);
    };
    await measuredOlap(olap, sink('chdb')).insert([BLOCK, BLOCK]);
    const told = await text();
    expect(told).toMatch(/^millrace_sink_rows_sum{sink="file"} 2$/m);
    expect(told).toMatch(/^millrace_sink_rows_sum{sink="memory"} 1$/m);
    expect(told).toMatch(/^millrace_sink_rows_sum{sink="chdb"} 6$/m);
    expect(told).toMatch(/^millrace_sink_seconds_sum{sink="chdb"} 0.3$/m);
    expect(told).toMatch(/^millrace_sink_success_timestamp_seconds{sink="chdb"} 5000.3$/m);
    expect(log.partitions('a')).toBe(1);
    expect(await serving.get(['k'])).toHaveLength(1);
  });

  it('is a failure when it is thrown, and the caller hears of it', async () => {
    const olap = new RecordingOlapStore();
    olap.fail = new Error('disk full');
    const measured = measuredOlap(olap, sink('clickhouse'));
    await expect(measured.insert([BLOCK])).rejects.toThrow('disk full');
    expect(await text()).toMatch(/^millrace_sink_failures_total{sink="clickhouse"} 1$/m);
    expect(await text()).not.toMatch(/^millrace_sink_success_timestamp_seconds{sink="clickhouse"}/m);
    await measured.insert([BLOCK]);
    expect(await text()).toMatch(/^millrace_sink_seconds_count{sink="clickhouse"} 2$/m);
  });

  it('is no success when the store missed it, though it does not say so', async () => {
    const redis = sink('redis');
    const away = new MemoryServingStore(clock);
    away.put = async () => {
      redis.missed();
      return true;
    };
    await measuredServing(away, redis).put([]);
    expect(await text()).toMatch(/^millrace_sink_failures_total{sink="redis"} 1$/m);
    expect(await text()).not.toMatch(/^millrace_sink_success_timestamp_seconds{sink="redis"}/m);
  });
});

describe('freshness', () => {
  const B_MS = 3_600_000;
  const emitted = (partition: number, watermark_ms: number) => ({
    layer: 'dws',
    input: { topic: 'dwd.fact', partition },
    position: 7,
    watermark_ms,
  });

  it('is the present less the time up to which everything in order can be asked for, of each partition', async () => {
    const clock = new ManualClock(B_MS + 5_000);
    const meter = new PromMeter({ process: false });
    measureFreshness([emitted(0, 3_000), emitted(1, 1_000), emitted(2, -Infinity)], B_MS, { clock, meter });
    const text = await meter.text();
    expect(text).toMatch(/^millrace_freshness_seconds_count 2$/m);
    expect(text).toMatch(/^millrace_freshness_seconds_sum 6$/m);
    expect(text).toMatch(/^millrace_queryable_timestamp_seconds{layer="dws",topic="dwd.fact",partition="0"} 3603$/m);
    expect(text).not.toMatch(/partition="2"/);
  });

  it('is 0 and not less when a source dates its events a little ahead', async () => {
    const clock = new ManualClock(B_MS);
    const meter = new PromMeter({ process: false });
    measureFreshness([emitted(0, 2_000)], B_MS, { clock, meter });
    expect(await meter.text()).toMatch(/^millrace_freshness_seconds_sum 0$/m);
  });
});
