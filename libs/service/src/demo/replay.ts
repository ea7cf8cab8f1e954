import type { Log, TopicPartition } from '@millrace/stream';
import type { ReplayInput } from './replay-input';
import { Stopped } from './stopping';

/** How far the input may run ahead of ODS: bounds what the log holds unread, and what a Ctrl-C leaves behind. */
const MAX_AHEAD_RECORDS = 100_000;
const WAIT_MS = 5;

/** A replay as it is remembered, so that an interrupted one goes on where it stopped. */
export interface RememberedReplay {
  readonly topic: string;
  /** Names the input: equal ones have the same records in the same order. Null: it cannot be known (standard input). */
  readonly fingerprint: string | null;
  /** Ends of the topic's partitions before the replay's first record. */
  readonly starts: readonly number[];
}

export interface ReplayMemory {
  /** The last replay into this topic if it was of this very input; else this one, remembered as beginning at `ends`. */
  replay(topic: string, fingerprint: string | null, ends: readonly number[]): RememberedReplay;
}

export interface ReplayProgress {
  readonly records: number;
  /** Of the input that was read; null when its length is not known. */
  readonly share: number | null;
}

/**
 * Puts an input's records into its topic, record n into partition n mod P. Because that is fixed, an interrupted replay
 * finds by the partitions' ends which records it has put already, and goes on with the first that is missing. Returns how many records the input has; throws Stopped.
 */
export const replay = async (
  input: ReplayInput,
  log: Log,
  data: ReplayMemory,
  {
    signal,
    onProgress,
    sleep,
    max_ahead_records = MAX_AHEAD_RECORDS,
  }: {
    signal: AbortSignal;
    onProgress: (progress: ReplayProgress) => void;
    sleep: (ms: number) => Promise<void>;
    /** Infinity: nobody reads meanwhile. */
    max_ahead_records?: number;
  },
): Promise<number> => {
  const partitions: TopicPartition[] = Array.from({ length: log.partitions(input.topic) }, (_, partition) => ({
    topic: input.topic,
    partition,
  }));
  const ends = await Promise.all(partitions.map(async (partition) => (await log.bounds(partition)).end));
  const { starts } = data.replay(input.topic, input.fingerprint, ends);
  const done = ends.map((end, p) => end - (starts[p] ?? 0));
  const ahead = async (): Promise<number> => {
    let sum = 0;
    for (const partition of partitions) sum += (await log.bounds(partition)).end - (await log.committed('ods', partition));
    return sum;
  };

  let n = 0;
  for await (const { values, progress } of input.records(signal)) {
    const lanes = partitions.map((to) => ({ to, records: [] as { value: Uint8Array }[] }));
    for (const value of values) {
      const p = n % partitions.length;
      if (Math.floor(n / partitions.length) >= (done[p] ?? 0)) lanes[p]?.records.push({ value });
      n++;
    }
    const batch = lanes.filter((lane) => lane.records.length > 0);
    if (batch.length > 0) await log.append(batch);
    onProgress({ records: n, share: progress });
    while (!signal.aborted && max_ahead_records < Infinity && (await ahead()) > max_ahead_records) await sleep(WAIT_MS);
    if (signal.aborted) break;
  }
  if (signal.aborted) throw new Stopped();
  return n;
};
