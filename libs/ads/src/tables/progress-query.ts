import type { Statement } from './statement';

/** One row per dwd.fact partition that has ever been summed. */
export interface ProgressRow {
  readonly partition: number;
  /** The next offset of dwd.fact: everything before it is in the tables. */
  readonly position: number;
  /** Event time up to which nothing is expected any more, ms; 0 while unknown. */
  readonly watermark: number;
}

/** How far the summaries are, per partition (`ProgressRow`); the answer's as-of is the least watermark. */
export const progressQuery = (): Statement => {
  throw new Error('not yet');
};
