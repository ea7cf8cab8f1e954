import type { Grain } from '../metrics';

/**
 * Day rows of open days for quick reads, one value per key and dwd.fact partition. Those of one merchant are in the
 * partition of its id; those of `all` are in every partition and are added by the reader.
 */
export const SERVED_GRAINS: readonly Grain['name'][] = ['all', 'merchant', 'campaign', 'ad'];

/** What stands under a serving key: totals over all segments of the partition. Columns that are 0 are left out. */
export interface ServedDay {
  /** Event time up to which nothing was expected any more when this was written, ms; 0 while unknown. */
  readonly watermark: number;
  readonly values: Readonly<Record<string, number>>;
}

/** `{dws:3}:day:campaign:m-17:c-4:2026-11-11`. The braces are a Redis hash tag: one call's keys are on one node. */
export const servingKey = (partition: number, grain: Grain['name'], path: readonly string[], day: string): string =>
  [`{dws:${partition}}`, 'day', grain, ...path.map(escaped), day].join(':');

export const encodeServedDay = (day: ServedDay): Uint8Array => new TextEncoder().encode(JSON.stringify(day));

/** The same from sums beside their names, for many days: plain names, whole numbers. Values share buffers. */
export const servedDayEncoder = (names: readonly string[]): ((watermark: number, sums: ArrayLike<number>) => Uint8Array) => {
  const labels = names.map((name) => `${JSON.stringify(name)}:`);
  const longest = labels.reduce((sum, { length }) => sum + length + LONGEST_NUMBER + 1, FRAME_BYTES);
  let bytes = new Uint8Array(0);
  let end = 0;
  const put = (ascii: string): void => {
    for (let i = 0; i < ascii.length; i++) bytes[end++] = ascii.charCodeAt(i);
  };
  return (watermark, sums) => {
    if (end + longest > bytes.length) [bytes, end] = [new Uint8Array(Math.max(SHARED_BYTES, longest)), 0];
    const start = end;
    put('{"watermark":');
    put(String(watermark));
    put(',"values":{');
    const first = end;
    for (let i = 0; i < labels.length; i++) {
      const sum = sums[i] ?? 0;
      if (sum === 0) continue;
      if (end > first) put(',');
      put(labels[i] ?? '');
      put(String(sum));
    }
    put('}}');
    return bytes.subarray(start, end);
  };
};
const SHARED_BYTES = 1 << 16;
const LONGEST_NUMBER = 24;
/** Everything but the values. */
const FRAME_BYTES = 64;

export const decodeServedDay = (value: Uint8Array): ServedDay => JSON.parse(new TextDecoder().decode(value)) as ServedDay;

/**
 * How far the values of a partition are. It is put with every emission, after the values: a reader that finds no value with
 * a higher version has all of them as they were at `position`.
 */
export interface ServedProgress {
  /** The next offset of dwd.fact. */
  readonly position: number;
  /** Event time up to which nothing is expected any more, ms; 0 while unknown. */
  readonly watermark: number;
  /** Days that start before this are no longer kept up to date, ms; null: none was closed yet. */
  readonly from_ms: number | null;
}

export const servingProgressKey = (partition: number): string => `{dws:${partition}}:progress`;

export const encodeServedProgress = (progress: ServedProgress): Uint8Array => new TextEncoder().encode(JSON.stringify(progress));

export const decodeServedProgress = (value: Uint8Array): ServedProgress =>
  JSON.parse(new TextDecoder().decode(value)) as ServedProgress;

/** An id may hold a colon, and two keys must never be one. */
const escaped = (id: string): string => id.replace(/[%:]/g, (character) => (character === '%' ? '%25' : '%3A'));
