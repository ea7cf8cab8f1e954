/** DWS has written: the stores hold everything of a dwd.fact partition before `position`. Whoever shows numbers reads them again. */
export interface Notice {
  readonly partition: number;
  readonly position: number;
  /** Event time up to which nothing is expected any more in this partition, ms; null while unknown. */
  readonly watermark_ms: number | null;
}

export const encodeNotice = (notice: Notice): Uint8Array => new TextEncoder().encode(JSON.stringify(notice));

/** Throws for bytes that are no notice. */
export const decodeNotice = (bytes: Uint8Array): Notice => {
  const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (!isNotice(read)) throw new TypeError('the record is no notice');
  return read;
};

const isNotice = (read: unknown): read is Notice =>
  typeof read === 'object' &&
  read !== null &&
  'partition' in read &&
  typeof read.partition === 'number' &&
  'position' in read &&
  typeof read.position === 'number' &&
  'watermark_ms' in read &&
  (read.watermark_ms === null || typeof read.watermark_ms === 'number');
