import { TOPICS } from '@millrace/ads';
import type { Log, OlapStore } from '@millrace/stream';
import { readPosition, type Position } from '../store';

/** The archive's group: what it has committed is stored (D5). */
const GROUP = 'archive';

/**
 * How far the stored conversions are. Read it before them: they may be newer, never older. The watermark is that of the
 * summaries where the archive is at least as far as they are, else unknown.
 */
export const readArchived = async (log: Log, olap: OlapStore): Promise<Position> => {
  const { watermark_ms, partitions: summed } = await readPosition(olap);
  const partitions = new Map(
    await Promise.all(
      Array.from({ length: log.partitions(TOPICS.fact) }, async (_, partition): Promise<[number, number]> => [
        partition,
        await log.committed(GROUP, { topic: TOPICS.fact, partition }),
      ]),
    ),
  );
  const covered = [...summed].every(([partition, position]) => (partitions.get(partition) ?? 0) >= position);
  return { watermark_ms: covered ? watermark_ms : null, partitions };
};
