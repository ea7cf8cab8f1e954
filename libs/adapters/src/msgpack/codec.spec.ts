import { type Frame } from '@millrace/stream';
import fc from 'fast-check';
import { FrameFormatError, MsgpackFrameCodec } from '.';

const codec = new MsgpackFrameCodec();
const source = { topic: 'raw.events', partition: 3 };
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });

const frames: fc.Arbitrary<Frame> = fc
  .array(
    fc.record({
      row: fc.dictionary(
        fc.string({ maxLength: 8 }).filter((key) => !key.startsWith('__')),
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.maxSafeInteger(),
          // A zero loses its sign, which no sum of ours has.
          fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
          fc.boolean(),
          fc.constant(null),
          fc.uint8Array(),
        ),
      ),
      offset: fc.nat(2 ** 40),
      ordinal: fc.nat(),
      clock: fc.oneof(time, fc.constant(-Infinity)),
    }),
  )
  .map((rows) => ({
    source,
    rows: rows.map(({ row }) => ({ ...row })),
    offsets: rows.map(({ offset }) => offset),
    ordinals: rows.map(({ ordinal }) => ordinal),
    clocks: rows.map(({ clock }) => clock),
  }));

/** Bytes come back as Buffers, which are Uint8Arrays of another class. */
const plain = (frame: Frame): Frame => ({
  ...frame,
  rows: frame.rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value instanceof Uint8Array ? [...value] : value])),
  ),
});

describe('MsgpackFrameCodec', () => {
  it('gives back any frame: rows of any shapes, positions, clocks', () => {
    fc.assert(fc.property(frames, (frame) => expect(plain(codec.decode(codec.encode(frame)))).toEqual(plain(frame))));
  });

  it('gives back a tick, and none where there was none', () => {
    const empty: Frame = { source, rows: [], offsets: [], ordinals: [], clocks: [] };
    const tick = { writer: 'raw.events/3', next_offset: 7, clock_ms: -Infinity, known: ['raw.events/3', 'raw.http/0'] };
    expect(codec.decode(codec.encode({ ...empty, tick }))).toEqual({ ...empty, tick });
    expect(codec.decode(codec.encode(empty))).toEqual(empty);
  });

  it('keeps frames apart: what one has defined, the next does not need', () => {
    const frame = (value: string): Frame => ({
      source,
      rows: [{ user_id: value, n: 1 }],
      offsets: [1],
      ordinals: [0],
      clocks: [5],
    });
    codec.encode(frame('first'));
    const bytes = codec.encode(frame('second'));
    expect(new MsgpackFrameCodec().decode(bytes).rows).toEqual([{ user_id: 'second', n: 1 }]);
  });

  it('refuses what is no frame, a damaged one, and a version it does not know', () => {
    const bytes = Buffer.from(codec.encode({ source, rows: [{ a: 'b'.repeat(50) }], offsets: [1], ordinals: [0], clocks: [5] }));
    const newer = Buffer.from(bytes);
    newer[2] = 9;
    expect(() => codec.decode(newer)).toThrow('version 9; this process reads version 1');
    for (const damaged of [
      Buffer.from('{"json":1}'),
      Buffer.alloc(0),
      bytes.subarray(0, bytes.length - 20),
      bytes.subarray(0, 3),
    ]) {
      expect(() => codec.decode(damaged)).toThrow(FrameFormatError);
    }
  });
});
