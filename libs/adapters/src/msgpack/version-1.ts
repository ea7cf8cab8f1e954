import type { Frame, Tick, TopicPartition } from '@millrace/stream';

/** What stood behind the header in version 1, which is still read: rows as records, positions as differences. */
interface Body {
  readonly source: TopicPartition;
  readonly epoch?: number;
  readonly rows: object[];
  readonly offsets: (number | null)[];
  readonly ordinals: number[];
  readonly clocks: (number | null)[];
  readonly tick?: Tick;
}

/** Throws a RangeError when the body is damaged. */
export function readVersion1(unpacked: unknown): Frame {
  const body = unpacked as Body;
  const columns = [body?.rows, body?.offsets, body?.ordinals, body?.clocks];
  const whole = columns.every((column) => Array.isArray(column) && column.length === body.rows.length);
  if (!whole || typeof body.source?.topic !== 'string') throw new RangeError('columns of different lengths');
  const { source, epoch, rows, offsets, ordinals, clocks, tick } = body;
  return {
    source,
    ...(epoch !== undefined && { epoch }),
    rows,
    offsets: sums(offsets),
    ordinals,
    clocks: sums(clocks),
    ...(tick && { tick }),
  };
}

/** Each number is the one before it and the difference; null stands for -Infinity, from which none can be taken. */
function sums(differences: readonly (number | null)[]): number[] {
  let before = 0;
  return differences.map((difference) => (difference === null ? -Infinity : (before += difference)));
}
