import { progressQuery, type ProgressRow, TOPICS } from '@millrace/ads';
import type { Log, OlapStore } from '@millrace/stream';

const POLL_MS = 200;
/** What the archive reads. */
const ARCHIVED = [TOPICS.action, TOPICS.exposure, TOPICS.rejected, TOPICS.fact, TOPICS.late];

export interface Waiting {
  readonly sleep: (ms: number) => Promise<void>;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Resolves when every record that stood in the raw topics at `fed_ms` has gone through all layers. The watermark says so: it
 * is at the present only once every raw partition has been read to its end, and it reaches the summaries behind whatever
 * came of the records before it.
 */
export const settled = async (
  log: Log,
  olap: OlapStore,
  { fed_ms, lateness_ms }: { readonly fed_ms: number; readonly lateness_ms: number },
  { sleep, onProgress, signal }: Waiting,
): Promise<void> => {
  const partitions = log.partitions(TOPICS.fact);
  const { sql, params } = progressQuery();
  while (!signal.aborted) {
    const rows = await olap.query<ProgressRow>(sql, params);
    const behind = partitions - rows.filter(({ watermark }) => watermark >= fed_ms - lateness_ms).length;
    if (behind === 0) break;
    onProgress(`${behind} of ${partitions} partitions of the summaries are behind`);
    await sleep(POLL_MS);
  }
  for (const topic of ARCHIVED) await archived(log, topic, { sleep, onProgress, signal });
};

const archived = async (log: Log, topic: string, { sleep, onProgress, signal }: Waiting): Promise<void> => {
  for (let partition = 0; partition < log.partitions(topic); partition++) {
    const of = { topic, partition };
    const { end } = await log.bounds(of);
    while (!signal.aborted && (await log.committed('archive', of)) < end) {
      onProgress(`the archive is behind in ${topic}/${partition}`);
      await sleep(POLL_MS);
    }
  }
};
