import { HeldFrames } from '@millrace/testkit';
import fc from 'fast-check';
import type { Frame } from './frame';
import type { Layer, Operator, Output, RawRecord, RowPosition } from './operator';
import { LogGapError } from './ports';
import { PartitionTask } from './task';

interface Row {
  readonly n: number;
}

const INPUT = { topic: 'in', partition: 0 };
const A = { topic: 'raw', partition: 0 };
const B = { topic: 'raw', partition: 1 };

/** Writes down what happens, and sends each row on: even numbers to two outputs. */
class Scribe implements Operator<Row> {
  readonly story: string[] = [];
  total = 0;

  process({ n }: Row, watermark_ms: number, out: Output, at: RowPosition): void {
    this.story.push(`row ${n} @${watermark_ms} from ${at.source.partition}:${at.offset}.${at.ordinal}`);
    this.total += n;
    out.emit('sum', String(n), { sum: this.total });
    if (n % 2 === 0) out.emit('even', String(n), { even: n });
  }
  advance(watermark_ms: number, out: Output): void {
    this.story.push(`advance ${watermark_ms}`);
    out.emit('sum', '', { closed: watermark_ms });
  }
  settle(): void {
    this.story.push('settle');
  }
}

const codec = new HeldFrames();
const layer = (changes: Partial<Layer> = {}): Layer => ({
  name: 'scribe',
  inputs: ['in'],
  outputs: { sum: 'sums', even: 'evens' },
  lateness_ms: 0,
  create: () => new Scribe(),
  ...changes,
});
const taskOf = (changes: Partial<Layer> = {}, partitions = 1): PartitionTask =>
  new PartitionTask({
    layer: layer(changes),
    input: INPUT,
    writers: ['in/0', 'in/1'],
    codec,
    partitions: () => partitions,
    partitioner: (key, count) => key.length % count,
  });
const scribe = (task: PartitionTask): Scribe => task.operator as unknown as Scribe;

const frame = (source: Frame['source'], first: number, numbers: number[], clock_ms = 0, tick?: Frame['tick']): Frame => ({
  source,
  rows: numbers.map((n) => ({ n })),
  offsets: numbers.map((_, i) => first + i),
  ordinals: numbers.map(() => 0),
  clocks: numbers.map((_, i) => clock_ms + i),
  ...(tick && { tick }),
});
const tickOf = (writer: string, clock_ms: number, known = [writer]): Frame['tick'] => ({
  writer,
  next_offset: 0,
  clock_ms,
  known,
});
const records = (frames: readonly Frame[], first = 0): RawRecord[] =>
  frames.map((one, i) => ({ offset: first + i, timestamp_ms: 0, key: null, value: codec.encode(one) }));

describe('PartitionTask', () => {
  it('advances before the row whose clock raised the watermark, settles after each record, and applies the tick last', () => {
    const task = taskOf();
    task.run(
      records([frame(A, 0, [], 0, tickOf('raw/0', 5)), frame(A, 0, [1, 2], 10, tickOf('raw/0', 20)), frame(A, 2, [3], 15)]),
    );
    expect(scribe(task).story).toEqual([
      'advance 5',
      'settle',
      'advance 10',
      'row 1 @10 from 0:0.0',
      'advance 11',
      'row 2 @11 from 0:1.0',
      'advance 20',
      'settle',
      'row 3 @20 from 0:2.0',
      'settle',
    ]);
  });

  it('takes the lateness off, and waits for every known writer', () => {
    const task = taskOf({ lateness_ms: 3 });
    task.run(records([frame(A, 0, [1], 10, tickOf('raw/0', 12, ['raw/0', 'raw/1']))]));
    expect(task.clock_ms).toBe(-Infinity);
    task.run(records([frame(B, 0, [2], 100)], 1));
    expect(task.clock_ms).toBe(9);
    expect(task.state()).toEqual({
      position: 2,
      marks: { 'raw/0': { epoch: 1, offset: 0, ordinal: 0 }, 'raw/1': { epoch: 1, offset: 0, ordinal: 0 } },
      watermark: { clocks: { 'raw/0': 12, 'raw/1': 100 }, announced: true, value_ms: 9 },
    });
  });

  it('skips rows at or below the mark of their source, and no others (D2)', () => {
    const task = taskOf();
    const first = frame(A, 5, [1, 2]);
    const counts = task.run(
      records([first, frame(B, 0, [10]), first, { ...frame(A, 6, [2, 4]), ordinals: [0, 1], offsets: [6, 6] }]),
    );
    expect(scribe(task).total).toBe(1 + 2 + 10 + 4);
    expect(counts).toMatchObject({ records: 4, rows_in: 7, skipped: 3 });
  });

  it('does not take the clock of a skipped row, which a zombie may have', () => {
    const task = taskOf();
    task.run(records([frame(A, 5, [1], 10, tickOf('raw/0', 10)), frame(A, 5, [1], 99)]));
    expect(task.clock_ms).toBe(10);
  });

  it('stops when a fetch jumps forward, after what stands before the gap (D7)', () => {
    const task = taskOf();
    task.run(records([frame(A, 0, [1])]));
    const [next, ...rest] = [...records([frame(A, 1, [2])], 1), ...records([frame(A, 2, [4])], 3)];
    expect(() => task.run(next === undefined ? [] : [next, ...rest])).toThrow(LogGapError);
    expect(task.position).toBe(2);
    expect(scribe(task).total).toBe(1 + 2);
  });

  it('passes over what a fetch repeats', () => {
    const task = taskOf();
    task.run(records([frame(A, 0, [1])]));
    task.run(records([frame(A, 0, [1]), frame(A, 1, [2])], 0));
    expect(task.position).toBe(2);
    expect(scribe(task).total).toBe(1 + 2);
  });

  it('takes the rows of a recreated source as new, and those of the old one no more (D4)', () => {
    const task = taskOf();
    const first = frame(A, 7, [1]);
    task.run(records([first, { ...frame(A, 0, [2]), epoch: 2 }, frame(A, 8, [4]), { ...frame(A, 0, [8]), epoch: 2 }]));
    expect(scribe(task).total).toBe(1 + 2);
    expect(task.state().marks).toEqual({ 'raw/0': { epoch: 2, offset: 0, ordinal: 0 } });
  });

  it('stops at a record without a value', () => {
    expect(() => taskOf().run([{ offset: 0, timestamp_ms: 0, key: null, value: null }])).toThrow(/in\/0.*offset 0/);
  });

  it('stamps rows with the position and clock of their cause, counting over all outputs', () => {
    const task = taskOf();
    task.run(records([frame(A, 0, [], 0, tickOf('raw/0', 5)), frame(A, 0, [2, 3], 10)]));
    const [sums, evens] = task.take(false).map((produced) => produced.frame);
    expect(sums).toMatchObject({
      source: INPUT,
      offsets: [0, 1, 1, 1, 1],
      ordinals: [0, 0, 1, 3, 4],
      clocks: [5, 10, 10, 11, 11],
    });
    expect(evens).toMatchObject({ rows: [{ even: 2 }], offsets: [1], ordinals: [2], clocks: [10] });
    expect(sums?.tick).toEqual({ writer: 'in/0', next_offset: 2, clock_ms: 11, known: ['in/0', 'in/1'] });
  });

  it('keeps one order of ordinals where two outputs share a topic', () => {
    const task = taskOf({ outputs: { sum: 'both', even: 'both' } });
    task.run(records([frame(A, 0, [2, 4])]));
    const produced = task.take(false);
    expect(produced.map(({ frame: { ordinals } }) => ordinals)).toEqual([[0, 1, 2, 3]]);
  });

  it('refuses an output that the layer does not have', () => {
    const task = taskOf({ outputs: { other: 'x' } });
    expect(() => task.run(records([frame(A, 0, [1])]))).toThrow('"sum" is not an output of this layer; it has other');
  });

  it('tells its watermark to every ticked partition, once', () => {
    const task = taskOf({ ticked: ['sum'], outputs: { sum: 'sums', even: 'evens' } }, 3);
    expect(task.take(true)).toEqual([]);
    task.run(records([frame(A, 0, [], 0, tickOf('raw/0', 5))]));
    const to = (produced: ReturnType<PartitionTask['take']>): string[] =>
      produced.map(({ to: { topic, partition } }) => `${topic}/${partition}`);
    // Without ticks only the partition that has a row, of `advance`, hears it.
    expect(to(task.take(false))).toEqual(['sums/0']);
    expect(to(task.take(true))).toEqual(['sums/0', 'sums/1', 'sums/2']);
    expect(task.take(true)).toEqual([]);
  });

  const histories = fc.array(
    fc.record({
      source: fc.constantFrom(A, B),
      first: fc.nat(12),
      numbers: fc.array(fc.nat(9), { maxLength: 4 }),
      clock_ms: fc.nat(60),
      ticks: fc.boolean(),
    }),
    { minLength: 1, maxLength: 25 },
  );
  const framesOf = (history: typeof histories extends fc.Arbitrary<infer History> ? History : never): Frame[] =>
    history.map(({ source, first, numbers, clock_ms, ticks }) =>
      frame(
        source,
        first,
        numbers,
        clock_ms,
        ticks ? tickOf(`raw/${source.partition}`, clock_ms, ['raw/0', 'raw/1']) : undefined,
      ),
    );
  /** Rows with their stamps, per output partition: what a reader can tell. */
  const rowsOf = (produced: ReturnType<PartitionTask['take']>): string[] =>
    produced
      .flatMap(({ to, frame: { rows, offsets, ordinals, clocks } }) =>
        rows.map((row, i) => JSON.stringify([to.topic, to.partition, offsets[i], ordinals[i], String(clocks[i]), row])),
      )
      .sort();

  it('emits the same rows, however the input is cut into batches', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (history, cuts) => {
        const all = records(framesOf(history));
        const whole = taskOf({}, 3);
        whole.run(all);
        const expected = rowsOf(whole.take(true));
        const cut = taskOf({}, 3);
        const produced: ReturnType<PartitionTask['take']> = [];
        for (let first = 0, i = 0; first < all.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          cut.run(all.slice(first, first + size));
          produced.push(...cut.take(i % 2 === 0));
          first += size;
        }
        expect(rowsOf(produced)).toEqual(expected);
        expect(cut.state()).toEqual(whole.state());
        expect(scribe(cut).story).toEqual(scribe(whole).story);
      }),
    );
  });

  it('is the same after a silent replay as if it had never stopped, and silent in it', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (history, at) => {
        const all = records(framesOf(history));
        const stop = at % (all.length + 1);
        const unbroken = taskOf({}, 3);
        unbroken.run(all.slice(0, stop));
        unbroken.take(true);
        unbroken.run(all.slice(stop));

        const rebuilt = taskOf({}, 3);
        rebuilt.silent = true;
        rebuilt.run(all.slice(0, stop));
        expect(rebuilt.take(true)).toEqual([]);
        rebuilt.silent = false;
        rebuilt.run(all.slice(stop));
        expect(rowsOf(rebuilt.take(true))).toEqual(rowsOf(unbroken.take(true)));
        expect(rebuilt.state()).toEqual(unbroken.state());
      }),
    );
  });

  it('tells its watermark again after a silent replay', () => {
    const task = taskOf();
    task.silent = true;
    task.run(records([frame(A, 0, [], 0, tickOf('raw/0', 5))]));
    task.silent = false;
    expect(task.take(true).map(({ frame: { tick } }) => tick?.clock_ms)).toEqual([5, 5]);
  });
});
