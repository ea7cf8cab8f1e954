import { type ProgressBesideRow, progressQuery, type ProgressRow, type Statement } from '@millrace/ads';
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

/** Emissions come every second at the most. */
const MAX_MOVES = 5;
/** With the pauses of its callers about a second. */
const MAX_WAITS = 20;
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

export interface Reading {
  readonly rows: Statement;
  /** How far the summaries are, and whether `rows` would find any that are further (`progressBesideQuery`). */
  readonly progress: Statement;
  /** Resolves when it is worth while to look again at rows that are being written. */
  readonly pause: () => Promise<void>;
}

/**
 * Rows, and the one position that they have. An emission's rows come first, its progress when all of them are there. So
 * rows that were read between two equal progresses lack nothing of it; and they have nothing beyond it if, after them, no
 * row that was asked for is ahead of it. While one is ahead, an emission is being written, and some rows may be of it and
 * some not: they are read again when it is there. One that was broken off by a crash is finished when DWS is back; until
 * then what it touched has no one position, and no answer.
 */
export const readAtOnePosition = async <Row extends object>(
  olap: OlapStore,
  { rows: asked, progress, pause }: Reading,
): Promise<PositionedRows<Row>> => {
  let before = await readPosition(olap);
  for (let moves = 0, waits = 0; moves < MAX_MOVES && waits < MAX_WAITS;) {
    const rows = await query<Row>(olap, asked);
    const found = await query<ProgressRow & Partial<ProgressBesideRow>>(olap, progress);
    const after = positionOf(found);
    if (found.some(({ ahead }) => ahead === 1)) {
      waits++;
      await pause();
    } else if (samePosition(before, after)) return { at: after, rows };
    else moves++;
    before = after;
  }
  throw new Refusal('store-unavailable', 'The numbers moved faster than they could be read. Ask again, or for less at once.', {
    headers: RETRY_AFTER,
  });
};
