import fc from 'fast-check';
import Batch from 'kafkajs/src/consumer/batch';
import fetchApi from 'kafkajs/src/protocol/requests/fetch';
import { gzipSync } from 'node:zlib';
import { registerFetchResponse, runsOf } from './fetch-response';

const VERSION = 11;
const OPTIONS = { maxWaitTime: 1, minBytes: 1, maxBytes: 1, topics: [], rackId: '' };
const byKafkajs = fetchApi.protocol({ version: VERSION })(OPTIONS).response.decode;
registerFetchResponse();
const { decode } = fetchApi.protocol({ version: VERSION })(OPTIONS).response;

interface Written {
  readonly delta: number;
  readonly late_ms: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
}
interface WrittenBatch {
  /** Offsets that were compacted away before it. */
  readonly gap: number;
  readonly records: readonly Written[];
  readonly kind: 'plain' | 'appended' | 'compressed' | 'transactional' | 'aborted' | 'control';
}

const number = (value: number | bigint): Buffer => {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
};
const sized = (bytes: Buffer | null): Buffer => (bytes === null ? number(-1) : Buffer.concat([number(bytes.length), bytes]));
const text = (value: string | null): Buffer => sized(value === null ? null : Buffer.from(value));
const recordBytes = ({ delta, late_ms, key, value, headers }: Written, mark: Buffer | null): Buffer =>
  sized(
    Buffer.concat([
      Buffer.from([0]),
      number(late_ms),
      number(delta),
      mark === null ? text(key) : sized(mark),
      text(value),
      number(headers.length),
      ...headers.flatMap(([name, content]) => [text(name), text(content)]),
    ]),
  );
const ABORT = Buffer.from([0, 0, 0, 0]);
const FIRST_MS = 1_700_000_000_000n;
const ATTRIBUTES = { plain: 0, appended: 8, compressed: 1, transactional: 16, aborted: 16, control: 48 } as const;
/** Of the transaction that is aborted; the other has another. */
const producerOf = (kind: WrittenBatch['kind']): bigint => (kind === 'aborted' || kind === 'control' ? 7n : 8n);

function batchBytes({ records, kind }: WrittenBatch, base: number): Buffer {
  const body = Buffer.concat(records.map((record) => recordBytes(record, kind === 'control' ? ABORT : null)));
  const content = kind === 'compressed' ? gzipSync(body) : body;
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(base), 0);
  header.writeInt32BE(49 + content.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(ATTRIBUTES[kind], 21);
  header.writeInt32BE(records.at(-1)?.delta ?? 0, 23);
  header.writeBigInt64BE(FIRST_MS, 27);
  header.writeBigInt64BE(FIRST_MS + 5_000n, 35);
  header.writeBigInt64BE(producerOf(kind), 43);
  header.writeInt32BE(records.length, 57);
  return Buffer.concat([header, content]);
}

/** A fetch's answer about one partition, its last batch perhaps cut off. */
function answer(batches: readonly WrittenBatch[], cut: number): { bytes: Buffer; end: number } {
  const written: Buffer[] = [];
  let base = 0;
  let aborted: number | null = null;
  for (const batch of batches) {
    base += batch.gap;
    if (batch.kind === 'aborted') aborted ??= base;
    written.push(batchBytes(batch, base));
    base += (batch.records.at(-1)?.delta ?? 0) + 1;
  }
  const all = Buffer.concat(written);
  // kafkajs looks for the version before it asks whether there is one; brokers send the first batch whole.
  const set = all.subarray(0, Math.max(17, all.length - cut));
  // Others have nothing here but were begun before; kafkajs looks at one of the list with each message.
  const list = aborted === null ? [] : [5n, 6n, producerOf('aborted')];
  const abortedBytes = Buffer.alloc(4 + 16 * list.length);
  abortedBytes.writeInt32BE(list.length, 0);
  for (const [i, producer] of list.entries()) {
    abortedBytes.writeBigInt64BE(producer, 4 + 16 * i);
    abortedBytes.writeBigInt64BE(i === list.length - 1 ? BigInt(aborted ?? 0) : 0n, 12 + 16 * i);
  }
  const head = Buffer.alloc(10 + 4 + 2 + 1 + 4 + 4 + 2 + 24);
  head.writeInt32BE(1, 10);
  head.writeInt16BE(1, 14);
  head.write('t', 16);
  head.writeInt32BE(1, 17);
  head.writeInt32BE(3, 21);
  head.writeBigInt64BE(BigInt(base), 27);
  const tail = Buffer.alloc(8);
  tail.writeInt32BE(-1, 0);
  tail.writeInt32BE(set.length, 4);
  return { bytes: Buffer.concat([head, abortedBytes, tail, set]), end: base };
}

interface Decoded {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly { readonly messages: unknown[] }[] }[];
}

/** What the adapter makes of it, and what the client says of the whole. */
async function read(by: typeof decode, bytes: Buffer, fetched: number) {
  const { responses, ...rest } = (await by(bytes)) as Decoded;
  const [{ topicName, partitions: [partition] } = { topicName: '', partitions: [] }] = responses;
  const { messages: _, ...header } = partition ?? { messages: [] };
  const batch = new Batch(topicName, String(fetched), partition ?? {});
  const runs = runsOf(batch.messages, fetched);
  const expected = runs.map(({ first, last, count }) => ({ first, last, count }));
  const records = runs.flatMap((run) => {
    const taken = [];
    for (let record = run.next(); record !== null; record = run.next()) taken.push(record);
    return taken;
  });
  return { rest, topicName, header, isEmpty: batch.isEmpty(), last: batch.lastOffset(), records, expected };
}

const written = fc.record({
  late_ms: fc.oneof(fc.constant(0), fc.integer({ min: -5, max: 5 }), fc.integer({ min: 0, max: 2 ** 40 })),
  key: fc.option(fc.string()),
  value: fc.option(fc.string({ maxLength: 200 })),
  headers: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.option(fc.string())), { maxLength: 3 }),
  ),
});
const batch = fc.record({
  gap: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(3)),
  kind: fc.constantFrom<WrittenBatch['kind'][]>(
    'plain',
    'plain',
    'appended',
    'compressed',
    'transactional',
    'aborted',
    'control',
  ),
  records: fc
    .tuple(fc.array(written, { minLength: 1, maxLength: 70 }), fc.boolean())
    .map(([records, dense]) => records.map((record, i) => ({ ...record, delta: dense ? i : 2 * i }))),
});
const batches = fc
  .array(batch, { maxLength: 5 })
  .map((all) => all.map((one) => (one.kind === 'control' ? { ...one, records: one.records.slice(0, 1) } : one)));

describe('a fetch’s answer, whose batches are handed through', () => {
  it('holds the records that kafkajs finds in it, and ends where it does', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.oneof(fc.constant(0), fc.nat(80)), fc.nat(150), async (all, cut, from) => {
        const { bytes, end } = answer(all, cut);
        const fetched = Math.min(from, end);
        const [{ expected: runs, ...ours }, { expected: _, ...theirs }] = [
          await read(decode, bytes, fetched),
          await read(byKafkajs, bytes, fetched),
        ];
        expect(ours).toEqual(theirs);
        // What is said of records that nobody has taken yet.
        let at = 0;
        for (const { first, last, count } of runs) {
          const records = ours.records.slice(at, (at += count));
          expect([records[0]?.offset, records.at(-1)?.offset]).toEqual([first, last]);
        }
        expect(at).toBe(ours.records.length);
      }),
      { numRuns: 300 },
    );
  });

  it('is one message for each whole batch', async () => {
    const records = [0, 1, 2].map((delta) => ({ delta, late_ms: 0, key: null, value: 'x', headers: [] }));
    const { bytes } = answer([{ gap: 0, kind: 'plain', records }], 0);
    const { responses } = (await decode(bytes)) as Decoded;
    expect(responses[0]?.partitions[0]?.messages).toHaveLength(1);
  });

  it.each([
    ['its length', 61, 0x7e],
    ['its time', 63, 0xff],
    ['the offset of the second record', 61 + 8 + 3, 0x08],
  ])('is refused when a record is damaged in %s', async (_, at, byte) => {
    const records = [0, 1].map((delta) => ({ delta, late_ms: 0, key: null, value: 'x', headers: [] }));
    const { bytes } = answer([{ gap: 0, kind: 'plain', records }], 0);
    const set = bytes.length - batchBytes({ gap: 0, kind: 'plain', records }, 0).length;
    bytes[set + at] = byte;
    await expect(read(decode, bytes, 0)).rejects.toThrow(RangeError);
  });
});
