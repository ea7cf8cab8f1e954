import type { RawLayer, RawRecord } from './operator';
import { RawTask } from './raw-task';

const INPUT = { topic: 'raw.x', partition: 1 };

/** Accepts `time`, rejects anything else; every record gives one row, a time of 7 gives two. */
const layer: RawLayer = {
  name: 'ods',
  inputs: ['raw.x'],
  outputs: { event: 'events', rejected: 'rejected' },
  ticked: ['event'],
  create: () => ({
    process({ value }, _from, out) {
      const text = new TextDecoder().decode(value ?? new Uint8Array());
      const time = Number(text);
      if (Number.isNaN(time)) {
        out.emit('rejected', '', { bad: text });
        return -Infinity;
      }
      out.emit('event', 'key', { time });
      if (time === 7) out.emit('event', 'key', { again: time });
      return time;
    },
  }),
};
const taskOf = (partitions = 1): RawTask =>
  new RawTask({ layer, input: INPUT, writers: ['raw.x/0', 'raw.x/1'], partitions: () => partitions, partitioner: () => 0 });
const records = (values: readonly string[], first = 0): RawRecord[] =>
  values.map((value, i) => ({ offset: first + i, timestamp_ms: 0, key: null, value: new TextEncoder().encode(value) }));

describe('RawTask', () => {
  it('stamps rows with their record and the largest event time accepted, their own included', () => {
    const task = taskOf();
    task.run(records(['5', '7', 'nonsense', '6']));
    const [events, rejected] = task.take(false).map(({ frame }) => frame);
    expect(events).toMatchObject({ source: INPUT, offsets: [0, 1, 1, 3], ordinals: [0, 0, 1, 0], clocks: [5, 7, 7, 7] });
    expect(rejected).toMatchObject({ rows: [{ bad: 'nonsense' }], offsets: [2], clocks: [7] });
    expect(events?.tick).toEqual({ writer: 'raw.x/1', next_offset: 4, clock_ms: 7, known: ['raw.x/0', 'raw.x/1'] });
    expect(rejected?.tick).toBeUndefined();
  });

  it('is silent until something was accepted or its log was read to the end', () => {
    const task = taskOf(2);
    task.run(records(['nonsense']));
    expect(task.take(true).map(({ to }) => to.topic)).toEqual(['rejected']);
    task.idle(1_000);
    expect(task.take(true).map(({ to, frame }) => [to.topic, to.partition, frame.tick?.clock_ms])).toEqual([
      ['events', 0, 1_000],
      ['events', 1, 1_000],
    ]);
  });

  it('never lowers its clock: not by older events, not by an older fetch', () => {
    const task = taskOf();
    task.idle(1_000);
    task.idle(500);
    task.run(records(['5']));
    expect(task.clock_ms).toBe(1_000);
    // The row tells how far events had got: a reader that heard the tick keeps the larger of the two.
    expect(task.take(false)[0]?.frame).toMatchObject({ clocks: [5], tick: { clock_ms: 1_000 } });
  });

  it('follows offsets that jump forward, and does not take a record twice (D7)', () => {
    const task = taskOf();
    task.run(records(['1', '2'], 10));
    const counts = task.run([...records(['2'], 11), ...records(['3'], 20)]);
    expect(counts).toMatchObject({ records: 1, skipped: 1 });
    expect(task.take(false)[0]?.frame.offsets).toEqual([10, 11, 20]);
    expect(task.position).toBe(21);
  });
});
