import { type Frame } from '@millrace/stream';
import fc from 'fast-check';
import { Unpackr } from 'msgpackr';
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

/** What a field of one shape's rows may be like; each is encoded in a way of its own. */
const fields: readonly fc.Arbitrary<unknown>[] = [
  fc.constantFrom('ios', 'android', 'web'),
  fc.constantFrom('ios', null, true, 7),
  fc.string({ maxLength: 40 }),
  fc.stringMatching(/^[0-9a-f]{16}$/),
  fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constantFrom(null, 'x'.repeat(254), 'x'.repeat(300))),
  fc.integer({ min: 0, max: 254 }),
  fc.option(fc.integer({ min: -200, max: 55 })),
  fc.option(fc.nat(65_600)),
  fc.option(fc.nat(2 ** 32)),
  time,
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0),
  fc.boolean(),
  fc.constant(null),
  fc.oneof(fc.constant({ nested: [1, { a: 'b' }] }), fc.string(), fc.nat()),
  fc.uint8Array({ maxLength: 5 }),
];

/** Rows as layers write them: of few shapes, many of each. */
const shapedRows: fc.Arbitrary<Record<string, unknown>[]> = fc
  .array(fc.uniqueArray(fc.nat(fields.length - 1), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 })
  .chain((shapes) => {
    const rows = shapes.map((shape) =>
      fc.record(Object.fromEntries(shape.map((which) => [`f${which}`, fields[which] ?? fc.constant(null)]))),
    );
    return fc.array(fc.oneof(...rows), { minLength: 1, maxLength: 120 });
  });

const framed = (rows: object[]): Frame => ({
  source,
  rows,
  offsets: rows.map((_, i) => 7 + 3 * i),
  ordinals: rows.map((_, i) => i % 2),
  clocks: rows.map((_, i) => (i % 5 === 0 ? -Infinity : 1_700_000_000_000 + i * 1000)),
});

/** What the specs say of the layout: its groups, and the group of each row. */
function bodyOf(bytes: Uint8Array): { groups: [string, number, [kind: number][]][]; order: Uint8Array | null } {
  const body = new Unpackr({ useRecords: true }).unpack(bytes.subarray(3)) as unknown[];
  return { groups: body[8] as [string, number, [number][]][], order: body[10] as Uint8Array | null };
}

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

  it('gives back rows of few shapes, frame after frame', () => {
    fc.assert(
      fc.property(shapedRows, (rows) => {
        const frame: Frame = {
          source,
          rows,
          offsets: rows.map((_, i) => 7 + 3 * i),
          ordinals: rows.map((_, i) => i % 2),
          clocks: rows.map((_, i) => 1_700_000_000_000 + i * 1000),
        };
        const writer = new MsgpackFrameCodec();
        for (const bytes of [writer.encode(frame), writer.encode(frame)])
          expect(plain(codec.decode(bytes))).toEqual(plain(frame));
      }),
      { numRuns: 150 },
    );
  });

  it('gives back frames of one writer whose columns change from frame to frame', () => {
    const columns = fc.array(fc.nat(fields.length - 1), { minLength: 3, maxLength: 3 });
    const frame = columns.chain((which) =>
      fc.array(
        fc.record({
          kind: fc.constantFrom('click', 'order', 'refund'),
          ...Object.fromEntries(which.map((field, i) => [`f${i}`, fields[field] ?? fc.constant(null)])),
        }),
        { minLength: 1, maxLength: 60 },
      ),
    );
    fc.assert(
      fc.property(fc.array(frame, { minLength: 2, maxLength: 6 }), (frames) => {
        const writer = new MsgpackFrameCodec();
        // Each twice: the second time as planned by the first. Once with many rows: parted by kind.
        for (const few of frames.flatMap((rows) => [rows, rows]))
          for (const rows of [few, Array.from({ length: 300 }, (_, i) => few[i % few.length] ?? {})])
            expect(plain(codec.decode(writer.encode(framed(rows))))).toEqual(plain(framed(rows)));
      }),
      { numRuns: 40 },
    );
  });

  it('writes rows by their first field, as long as few things stand there', () => {
    const kinds = ['click', 'order', 'payment'];
    const rows = Array.from({ length: 600 }, (_, i) => ({
      kind: kinds[i % 3],
      order_id: i % 3 === 0 ? null : `o${i}`,
      click_time: i % 3 === 0 ? null : 1_700_000_000_000 + i * 997,
    }));
    const { groups, order } = bodyOf(new MsgpackFrameCodec().encode(framed(rows)));
    expect(groups).toHaveLength(3);
    expect(groups[0]?.[2].map(([kind]) => kind)).toEqual([0, 0, 0]);
    expect(order).toHaveLength(600);
    const ids = rows.map((_, i) => ({ kind: `k${i}`, order_id: null, click_time: i }));
    const writer = new MsgpackFrameCodec();
    expect(codec.decode(writer.encode(framed(ids))).rows).toEqual(ids);
    expect(bodyOf(writer.encode(framed(ids))).groups).toHaveLength(1);
  });

  it('writes few rows of a shape as one group: names would weigh more', () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ kind: i % 2 ? 'click' : 'order', n: i }));
    expect(bodyOf(new MsgpackFrameCodec().encode(framed(rows))).groups).toHaveLength(1);
  });

  it('looks at its plans again: what has begun to repeat becomes a dictionary', () => {
    const writer = new MsgpackFrameCodec();
    const size = (city: (i: number) => string): number =>
      writer.encode(framed(Array.from({ length: 400 }, (_, i) => ({ type: 'click', city: city(i), n: i })))).length;
    const before = size((i) => `city-${i}`);
    for (let i = 0; i < 64; i++) size((at) => `city-${at}`);
    size((i) => `city-${i % 30}`);
    expect(size((i) => `city-${i % 30}`)).toBeLessThan(before - 7 * 400);
    // And more different ones than places have bytes go back to texts.
    expect(size((i) => `city-${i}`)).toBe(before);
  });

  it('has one plan for fractions with nulls, and for text that is not ASCII, that it keeps', () => {
    const writer = new MsgpackFrameCodec();
    const frame = (fraction: number | null, city: string): Frame =>
      framed(Array.from({ length: 20 }, (_, i) => ({ n: i % 3 ? fraction : null, city: `${city}-${i}` })));
    for (const [fraction, city] of [[1, 'a'], [1, 'a'], [0.5, 'a'], [0.5, '上海'], [0.5, '上海'], [2, 'a']] as const)
      expect(codec.decode(writer.encode(frame(fraction, city))).rows).toEqual(frame(fraction, city).rows);
  });

  it('reads what it has read code for as it reads it in general, and damage there as damage', () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      type: 'click',
      event_id: (1e15 + i).toString(16).padStart(16, '0'),
      user_id: `u${1000 + i}`,
      request_id: `request-number-${100 + i}`,
      platform: ['ios', 'web'][i % 2],
      cost_minor: i,
      event_time: 1_700_000_000_000 + 997 * i,
      day: 300 * i,
      slot: i % 3 ? null : `slot-${i}`,
    }));
    const bytes = new MsgpackFrameCodec().encode(framed(rows));
    const reader = new MsgpackFrameCodec();
    for (let i = 0; i < 5; i++) expect(reader.decode(bytes)).toEqual(framed(rows));
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << at % 8);
      try {
        expect(reader.decode(damaged).rows.length).toBeLessThanOrEqual(rows.length);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameFormatError);
      }
    }
    expect(reader.decode(bytes)).toEqual(framed(rows));
  });

  it('does not take a row of other names for one of the shape before', () => {
    const rows = [{ a: 1, b: 2 }, { a: 3 }, {}, { a: undefined, b: 2 }, { b: 5, a: 4 }, { a: 1, c: 2 }];
    const frame: Frame = { source, rows, offsets: rows.map((_, i) => i), ordinals: rows.map(() => 0), clocks: rows.map(() => 1) };
    const decoded = codec.decode(new MsgpackFrameCodec().encode(frame)).rows;
    expect(decoded).toEqual([{ a: 1, b: 2 }, { a: 3 }, {}, { b: 2 }, { a: 4, b: 5 }, { a: 1, c: 2 }]);
  });

  it('keeps half characters, which have no UTF-8, from becoming a whole one with their neighbours', () => {
    const rows = ['é1', '\ud83d', '\ude00', 'é2'].map((id) => ({ id }));
    const zeros = rows.map(() => 0);
    const bytes = new MsgpackFrameCodec().encode({ source, rows, offsets: zeros, ordinals: zeros, clocks: zeros });
    expect(codec.decode(bytes).rows).toEqual([{ id: 'é1' }, { id: '\ufffd' }, { id: '\ufffd' }, { id: 'é2' }]);
  });

  it('gives back long texts, ASCII or not', () => {
    const long = ['0123456789abcdef', '0123456789abcdefg', 'fedcba9876543210', '\u7528\u6237'.repeat(10)];
    const frame: Frame = {
      source,
      rows: long.map((id) => ({ id })),
      offsets: [1, 2, 3, 4],
      ordinals: [0, 0, 0, 0],
      clocks: [5, 5, 5, 5],
    };
    expect(codec.decode(new MsgpackFrameCodec().encode(frame)).rows).toEqual(frame.rows);
  });

  it('reads frames of version 1', () => {
    const bytes = Buffer.from(
      'TUYB1HJAlqZzb3VyY2Wkcm93c6dvZmZzZXRzqG9yZGluYWxzpmNsb2Nrc6R0aWNr1HJBkqV0b3BpY6lwYXJ0aXRpb26qcmF3LmV2ZW50cwOS1HJClKR0eXBlp3VzZXJfaWSqY29zdF9taW5vcqRzbG90pWNsaWNronUxBcBCpWNsaWNronUyB6N0b3CSKAKSAACSwMtCeLz+VoAAANRyQ5Smd3JpdGVyq25leHRfb2Zmc2V0qGNsb2NrX21zpWtub3durHJhdy5ldmVudHMvMyvLQni8/laAAACRrHJhdy5ldmVudHMvMw==',
      'base64',
    );
    expect(codec.decode(bytes)).toEqual({
      source,
      rows: [
        { type: 'click', user_id: 'u1', cost_minor: 5, slot: null },
        { type: 'click', user_id: 'u2', cost_minor: 7, slot: 'top' },
      ],
      offsets: [40, 42],
      ordinals: [0, 0],
      clocks: [-Infinity, 1_700_000_000_000],
      tick: { writer: 'raw.events/3', next_offset: 43, clock_ms: 1_700_000_000_000, known: ['raw.events/3'] },
    });
  });

  it('gives back the epoch of the source', () => {
    const frame: Frame = { source, epoch: 3, rows: [], offsets: [], ordinals: [], clocks: [] };
    expect(codec.decode(codec.encode(frame))).toEqual(frame);
  });

  it('reads a frame with a flipped bit, or refuses it, and does nothing else', () => {
    fc.assert(
      fc.property(shapedRows, fc.nat(), fc.nat(7), (rows, at, bit) => {
        const zeros = rows.map(() => 0);
        const bytes = new MsgpackFrameCodec().encode({
          source,
          rows,
          offsets: rows.map((_, i) => i),
          ordinals: zeros,
          clocks: zeros,
        });
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        try {
          codec.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameFormatError);
        }
      }),
      { numRuns: 400 },
    );
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
    expect(() => codec.decode(newer)).toThrow('version 9; this process reads versions 1 and 2');
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
