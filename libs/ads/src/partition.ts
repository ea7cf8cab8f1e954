/** Kafka's default placement, decided by us and given explicitly, so that no client's partitioner has a say (design, Flow). */
export const partitionOf = (key: string, partitions: number): number => (murmur2(key) & 0x7fffffff) % partitions;

/** murmur2 of the UTF-8 bytes of `key`, with Kafka's seed, as a signed 32-bit integer. */
export function murmur2(key: string): number {
  const length = key.length;
  let hash = SEED ^ length;
  let at = 0;
  // The usual key is ASCII, where UTF-16 units are the bytes: no encoding, no allocation.
  for (; at + 4 <= length; at += 4) {
    const a = key.charCodeAt(at);
    const b = key.charCodeAt(at + 1);
    const c = key.charCodeAt(at + 2);
    const d = key.charCodeAt(at + 3);
    if ((a | b | c | d) > 127) return murmur2OfBytes(UTF8.encode(key));
    hash = mixWord(hash, a | (b << 8) | (c << 16) | (d << 24));
  }
  let tail = 0;
  for (let shift = 0; at + (shift >> 3) < length; shift += 8) {
    const code = key.charCodeAt(at + (shift >> 3));
    if (code > 127) return murmur2OfBytes(UTF8.encode(key));
    tail |= code << shift;
  }
  return finish(hash, tail, length & 3);
}

function murmur2OfBytes(bytes: Uint8Array): number {
  const length = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) hash = mixWord(hash, view.getInt32(at, true));
  let tail = 0;
  for (let shift = 0; at + (shift >> 3) < length; shift += 8) tail |= view.getUint8(at + (shift >> 3)) << shift;
  return finish(hash, tail, length & 3);
}

const UTF8 = new TextEncoder();
const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

function mixWord(hash: number, word: number): number {
  const k = Math.imul(word, MULTIPLIER);
  return Math.imul(hash, MULTIPLIER) ^ Math.imul(k ^ (k >>> 24), MULTIPLIER);
}

function finish(hash: number, tail: number, tailBytes: number): number {
  let h = tailBytes === 0 ? hash : Math.imul(hash ^ tail, MULTIPLIER);
  h = Math.imul(h ^ (h >>> 13), MULTIPLIER);
  return h ^ (h >>> 15);
}
