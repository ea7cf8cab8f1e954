import type { Append, RawRecord } from '@millrace/stream';
import { crc32 } from 'node:zlib';

/**
 * Records as they lie in a segment file, little endian:
 *
 *     batch  = magic u32, payload bytes u32, crc u32 of all that follows, base offset f64, append time f64, records u32, payload
 *     record = key bytes i32 (-1: null), headers bytes u32 (0: none), value bytes u32, key, headers as JSON, value
 */
export const HEADER_BYTES = 32;
const MAGIC = 0x31424c4d; // "MLB1": also the version of this layout
const CHECKED_FROM = 12;
const LENGTHS_BYTES = 12;

type NewRecord = Append['records'][number];

export interface BatchHeader {
  readonly bytes: number;
  readonly base: number;
  readonly timestamp_ms: number;
  readonly records: number;
}

export function encodeBatch(base: number, timestamp_ms: number, records: readonly NewRecord[]): Buffer {
  const headers = records.map((record) => (record.headers === undefined ? null : Buffer.from(JSON.stringify(record.headers))));
  let payload = 0;
  for (let i = 0; i < records.length; i++) payload += sizeOf(records[i] as NewRecord) + (headers[i]?.length ?? 0);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + payload);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(payload, 4);
  bytes.writeDoubleLE(base, 12);
  bytes.writeDoubleLE(timestamp_ms, 20);
  bytes.writeUInt32LE(records.length, 28);
  let at = HEADER_BYTES;
  const put = (part: Uint8Array): void => {
    bytes.set(part, at);
    at += part.length;
  };
  for (let i = 0; i < records.length; i++) {
    const { key = null, value } = records[i] as NewRecord;
    const header = headers[i] ?? null;
    bytes.writeInt32LE(key?.length ?? -1, at);
    bytes.writeUInt32LE(header?.length ?? 0, at + 4);
    bytes.writeUInt32LE(value.length, at + 8);
    at += LENGTHS_BYTES;
    if (key !== null) put(key);
    if (header !== null) put(header);
    put(value);
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(CHECKED_FROM)), 8);
  return bytes;
}

/** Bytes that a record takes, its headers not counted. */
export const sizeOf = ({ key, value }: NewRecord): number => LENGTHS_BYTES + (key?.length ?? 0) + value.length;

/** The header at `at`; null if these bytes do not begin a batch. Needs HEADER_BYTES bytes. */
export function readHeader(chunk: Buffer, at: number): BatchHeader | null {
  if (chunk.readUInt32LE(at) !== MAGIC) return null;
  return {
    bytes: HEADER_BYTES + chunk.readUInt32LE(at + 4),
    base: chunk.readDoubleLE(at + 12),
    timestamp_ms: chunk.readDoubleLE(at + 20),
    records: chunk.readUInt32LE(at + 28),
  };
}

/** Whether the whole batch at `at` is what was written. */
export const isIntact = (chunk: Buffer, at: number, { bytes }: BatchHeader): boolean =>
  at + bytes <= chunk.length && crc32(chunk.subarray(at + CHECKED_FROM, at + bytes)) === chunk.readUInt32LE(at + 8);

/** The records of an intact batch. Keys and values are views into the chunk: nothing is copied. */
export function decodeBatch(chunk: Buffer, start: number, { base, timestamp_ms, records }: BatchHeader): RawRecord[] {
  const decoded: RawRecord[] = [];
  let at = start + HEADER_BYTES;
  const take = (bytes: number): Buffer => chunk.subarray(at, (at += bytes));
  for (let i = 0; i < records; i++) {
    const key_bytes = chunk.readInt32LE(at);
    const header_bytes = chunk.readUInt32LE(at + 4);
    const value_bytes = chunk.readUInt32LE(at + 8);
    at += LENGTHS_BYTES;
    const key = key_bytes < 0 ? null : take(key_bytes);
    const header = header_bytes === 0 ? null : (JSON.parse(take(header_bytes).toString()) as Record<string, string>);
    const value = take(value_bytes);
    decoded.push({ offset: base + i, timestamp_ms, key, value, ...(header && { headers: header }) });
  }
  return decoded;
}
