import { progressQuery, type ProgressRow, type Statement } from '@millrace/ads';
import type { OlapStore } from '@millrace/stream';
import { Refusal } from './problem/refusal';

/** How far the summaries were when an answer was read. */
export interface Position {
  /** Event time up to which nothing is expected any more, ms; null while a partition has not heard of it. */
  readonly watermark_ms: number | null;
  /** Next offset of dwd.fact, per partition. */
  readonly partitions: ReadonlyMap<number, number>;
}

/** A position as answers have it. */
export interface AsOf {
  readonly watermark: string | null;
  readonly partitions: Readonly<Record<string, number>>;
}

export const asOfOf = ({ watermark_ms, partitions }: Position, write: (time_ms: number) => string): AsOf => ({
  watermark: watermark_ms === null ? null : write(watermark_ms),
  partitions: Object.fromEntries(partitions),
});

export interface PositionedRows<Row> {
  readonly at: Position;
  readonly rows: readonly Row[];
}

const MAX_ATTEMPTS = 5;
const RETRY_AFTER = { 'retry-after': '1' };

const refusedBy = async (olap: OlapStore, cause: unknown): Promise<unknown> => {
  try {
    await olap.ping();
  } catch {
    const refusal = new Refusal(
      'store-unavailable',
      'The store of the numbers does not answer. Ask again after the time in Retry-After.',
      { headers: RETRY_AFTER },
    );
    refusal.cause = cause;
    return refusal;
  }
  // It is there and did not like the statement, which is ours: an internal error.
  return cause;
};

export const query = async <Row extends object>(olap: OlapStore, { sql, params }: Statement): Promise<Row[]> => {
  try {
    return await olap.query<Row>(sql, params);
  } catch (error) {
    throw await refusedBy(olap, error);
  }
};

export const positionOf = (progress: readonly ProgressRow[]): Position => ({
  watermark_ms:
    progress.length === 0 || progress.some(({ watermark }) => watermark === 0)
      ? null
      : Math.min(...progress.map(({ watermark }) => watermark)),
  partitions: new Map(progress.map(({ partition, position }) => [partition, position])),
});

export const samePosition = (a: Position, b: Position): boolean =>
  a.watermark_ms === b.watermark_ms &&
  a.partitions.size === b.partitions.size &&
  [...a.partitions].every(([partition, position]) => b.partitions.get(partition) === position);

/** How far the summaries are now. */
export const readPosition = async (olap: OlapStore): Promise<Position> =>
  positionOf(await query<ProgressRow>(olap, progressQuery()));

/**
 * Rows, and the one position that they have. An emission writes its rows and its progress together, so rows read between
 * two equal progresses belong to it; when it moved meanwhile, some rows may be older and some newer, and the rows are
 * read again. Emissions come every second at the most, so more than one repetition is rare, and giving up is a fault of the store's.
 */
export const readAtOnePosition = async <Row extends object>(
  olap: OlapStore,
  statement: Statement,
): Promise<PositionedRows<Row>> => {
  let before = await readPosition(olap);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const rows = await query<Row>(olap, statement);
    const after = await readPosition(olap);
    if (samePosition(before, after)) return { at: after, rows };
    before = after;
  }
  throw new Refusal('store-unavailable', 'The numbers moved faster than they could be read. Ask again, or for less at once.', {
    headers: RETRY_AFTER,
  });
};
