import type { TopicPartition } from './operator';

/**
 * One record of an inside topic: many rows of one source partition, in source order, as columns beside the rows.
 * `offsets[i]`, `ordinals[i]` place row i in the source (design D2); `clocks[i]` says how far the source's event time
 * had got when the row was written (ODS: largest accepted event time of the raw partition; DWD: its watermark).
 */
export interface Frame {
  readonly source: TopicPartition;
  /** Of the source: rises when that log is recreated (D4). Default: 1. */
  readonly epoch?: number;
  readonly rows: object[];
  readonly offsets: number[];
  readonly ordinals: number[];
  readonly clocks: number[];
  /** Applied after the rows. Exempt from marks and merged by maximum, so any instance may send it at any time. */
  readonly tick?: Tick;
}

/** How far one writer has got, for consumers that see few of its rows. */
export interface Tick {
  /** `topic/partition` of the source the clock belongs to. */
  readonly writer: string;
  /** The next offset the writer will read of its source. */
  readonly next_offset: number;
  /** Largest event time accepted, or, when the source was read to its end, the time taken before that fetch; ms. */
  readonly clock_ms: number;
  /** Every writer that exists, seen or not: each holds the watermark back until it has been heard. */
  readonly known: readonly string[];
}

/** Frames to bytes and back: self-describing and versioned. Throws on bytes that are no frame (the process stops: D6). */
export interface FrameCodec {
  encode(frame: Frame): Uint8Array;
  decode(bytes: Uint8Array): Frame;
}

/** The name of a writer: the partition of the log its clock comes from. */
export const writerOf = (source: TopicPartition): string => `${source.topic}/${source.partition}`;
