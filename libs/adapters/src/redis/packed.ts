import type { ServingEntry } from '@millrace/stream';

/** Version and expiry, float64 LE each (exact for safe integers), stand before every value. */
const HEADER_BYTES = 16;
/** In a call the length of the value, uint32 LE, stands before them: the script cuts what it stores out in one piece. */
const LENGTH_BYTES = 4;
const FRAMED_BYTES = LENGTH_BYTES + HEADER_BYTES;

/** Entries as the script reads them, in one argument: the client's cost grows with the number of arguments. */
export const packEntries = (entries: readonly ServingEntry[]): Buffer => {
  let size = 0;
  for (const { value } of entries) size += FRAMED_BYTES + value.length;
  const packed = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { version, expires_ms, value } of entries) {
    packed.writeUInt32LE(value.length, at);
    packed.writeDoubleLE(version, at + LENGTH_BYTES);
    packed.writeDoubleLE(expires_ms, at + LENGTH_BYTES + 8);
    packed.set(value, at + FRAMED_BYTES);
    at += FRAMED_BYTES + value.length;
  }
  return packed;
};

/** What stands under a key. */
export const unpackEntry = (key: string, stored: Buffer): ServingEntry => ({
  key,
  version: stored.readDoubleLE(0),
  expires_ms: stored.readDoubleLE(8),
  value: stored.subarray(HEADER_BYTES),
});
