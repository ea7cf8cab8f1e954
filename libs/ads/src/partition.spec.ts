import fc from 'fast-check';
import { murmur2, partitionOf } from './partition';

/** Kafka's own loop over bytes (org.apache.kafka.common.utils.Utils), transcribed: the judge for every other key. */
function kafkaMurmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ data.length;
  const words = data.length >> 2;
  for (let i = 0; i < words; i++) {
    let k = data[i * 4]! + (data[i * 4 + 1]! << 8) + (data[i * 4 + 2]! << 16) + (data[i * 4 + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m);
    h ^= k;
  }
  const rest = words * 4;
  const left = data.length % 4;
  if (left >= 3) h ^= data[rest + 2]! << 16;
  if (left >= 2) h ^= data[rest + 1]! << 8;
  if (left >= 1) h = Math.imul(h ^ data[rest]!, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}

describe('murmur2', () => {
  // UtilsTest.testMurmur2 of Apache Kafka.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s is what Kafka computes', (key, hash) => {
    expect(murmur2(key)).toBe(hash);
  });

  test('of any key is that of its UTF-8 bytes', () => {
    const key = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }));
    fc.assert(
      fc.property(key, (text) => {
        expect(murmur2(text)).toBe(kafkaMurmur2(new TextEncoder().encode(text)));
      }),
    );
  });
});

describe('partitionOf', () => {
  test('clears the sign bit, as Kafka does, instead of taking the absolute value', () => {
    expect(partitionOf('21', 8)).toBe((-973932308 & 0x7fffffff) % 8);
    expect(partitionOf('21', 7)).toBe(2147483648 - 973932308 - 7 * Math.floor((2147483648 - 973932308) / 7));
  });

  test('stays below the number of partitions', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1000 }), (key, partitions) => {
        const partition = partitionOf(key, partitions);
        expect(partition >= 0 && partition < partitions && Number.isInteger(partition)).toBe(true);
      }),
    );
  });
});
