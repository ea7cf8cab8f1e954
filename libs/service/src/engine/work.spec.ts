import { ManualClock, MemoryLog } from '@millrace/adapters/memory';
import { DEFAULT_RULES } from '@millrace/ads';
import { createLogger, Dependencies, PromMeter, type ServiceContext } from '@millrace/boot';
import type { RawLayer, SpanAttributes, Tracing } from '@millrace/stream';
import { setImmediate as turn } from 'node:timers/promises';
import { workOf } from './work';

const BATCHES = 200;

const layer: RawLayer = {
  name: 'ods',
  inputs: ['raw'],
  outputs: {},
  create: () => ({ process: () => 1 }),
};

test('a change of a partition is a line with its place by fields; a batch is none, but a span', async () => {
  const clock = new ManualClock(1_000_000);
  const log = new MemoryLog(clock);
  await log.ensure('raw', 2);
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({ destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) } });
  const meter = new PromMeter({ service: 'ods', process: false });
  const spans: { name: string; attributes: SpanAttributes; ended: unknown[] }[] = [];
  const tracing: Tracing = {
    span: (name, attributes) => {
      const ended: unknown[] = [];
      spans.push({ name, attributes, ended });
      return { set: () => undefined, end: (error) => void ended.push(error) };
    },
  };
  let stop: () => Promise<void> | void = () => undefined;
  const context = {
    ...{
      logger,
      meter,
      clock,
      tracing,
      dependencies: new Dependencies({ clock, meter, logger }),
      signal: new AbortController().signal,
    },
    onStop: async (_: string, stopping: () => Promise<void> | void) => void (stop = stopping),
    readiness: () => undefined,
  } as unknown as ServiceContext;
  const work = await workOf({ log }, { rules: DEFAULT_RULES, raw: [layer] }, context);
  const ended = work();
  const turns = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) {
      clock.advance(50);
      await turn();
    }
  };
  await turns();
  for (let batch = 0; batch < BATCHES; batch++) {
    await log.append([{ to: { topic: 'raw', partition: batch % 2 }, records: [{ value: Buffer.from('x') }] }]);
    clock.advance(50);
    await turn();
  }
  await turns();
  const text = await meter.text();
  expect(text).toMatch(/^millrace_records_in_total{layer="ods",topic="raw",partition="0"} 100$/m);
  expect(lines.map(({ msg, layer, topic, partition, offset }) => ({ msg, layer, topic, partition, offset }))).toEqual([
    { msg: 'recovered', layer: 'ods', topic: 'raw', partition: 0, offset: 0 },
    { msg: 'recovered', layer: 'ods', topic: 'raw', partition: 1, offset: 0 },
    { msg: 'ready' },
  ]);
  expect(spans).toHaveLength(BATCHES);
  expect(spans.every(({ ended }) => ended.length === 1 && ended[0] === undefined)).toBe(true);
  expect(spans[2]).toMatchObject({
    name: 'ods batch',
    attributes: { layer: 'ods', topic: 'raw', partition: 0, offset: 1, last_offset: 1, records: 1 },
  });
  const stopped = Promise.resolve(stop());
  await turns();
  await stopped;
  await ended;
});
