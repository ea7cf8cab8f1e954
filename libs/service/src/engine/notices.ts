import { decodeNotice, encodeNotice, type Notice, TOPICS } from '@millrace/ads';
import type { Clock, Emitted, Log } from '@millrace/stream';

const FETCH_BYTES = 1 << 20;
const POLL_MS = 100;
/** After a failure: who waits for notices looks by himself meanwhile. */
const REST_MS = 5_000;

/** What `layer` has written, as notices. */
export const noticesOf = (layer: string, emitted: readonly Emitted[]): Notice[] =>
  emitted
    .filter((of) => of.layer === layer)
    .map(({ input: { partition }, position, watermark_ms }) => ({
      partition,
      position,
      watermark_ms: Number.isFinite(watermark_ms) ? watermark_ms : null,
    }));

/** Tells all instances of APP, by way of the log. Resolves when the log has the notices. */
export const sendNotices = (log: Pick<Log, 'append' | 'partitions'>, notices: readonly Notice[]): Promise<void> => {
  const partitions = log.partitions(TOPICS.notice);
  return log.append(
    notices.map((notice) => ({
      to: { topic: TOPICS.notice, partition: notice.partition % partitions },
      records: [{ value: encodeNotice(notice) }],
    })),
  );
};

export interface Following {
  readonly clock: Clock;
  readonly onNotice: (notice: Notice) => void;
  /** Notices may have been missed; they are followed again after a while. */
  readonly onFailure: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/**
 * Hears every notice from now on, of all partitions: every instance of APP all of them, as nobody's member, for there is
 * no work to share out. Resolves when it is following; what it follows with ends with the signal.
 */
export const followNotices = async (log: Pick<Log, 'bounds' | 'read' | 'partitions'>, following: Following): Promise<void> => {
  const all = Array.from({ length: log.partitions(TOPICS.notice) }, (_, partition) => ({ topic: TOPICS.notice, partition }));
  const ends = await Promise.all(all.map((of) => log.bounds(of)));
  all.forEach((of, at) => void follow(log, of, ends[at]?.end ?? 0, following));
};

/** Never rejects: without notices answers are later, and none the worse. */
async function follow(
  log: Pick<Log, 'bounds' | 'read'>,
  of: { readonly topic: string; readonly partition: number },
  end: number,
  { clock, onNotice, onFailure, signal }: Following,
): Promise<void> {
  let following = true;
  for (let position = end; !signal.aborted;) {
    try {
      const { records } = await log.read(of, position, FETCH_BYTES);
      following = true;
      // Of several the last says all; and who was away for long has missed nothing that it does not say.
      const last = records.at(-1);
      if (last === undefined) await clock.sleep(POLL_MS, signal);
      else {
        position = last.offset + 1;
        if (last.value !== null) onNotice(decodeNotice(last.value));
      }
    } catch (error) {
      if (signal.aborted) return;
      // Once, however long it lasts.
      if (following) onFailure(error);
      following = false;
      await clock.sleep(REST_MS, signal);
      // The old position may be one that the log has forgotten.
      position = await log.bounds(of).then(
        (bounds) => bounds.end,
        () => position,
      );
    }
  }
}
