import { REJECTED_TABLE } from '@millrace/ads';
import type { OlapStore } from '@millrace/stream';

/** Reason → count of a raw topic, as the archive has it: one row per rejected record. */
export const rejectedIn = async (olap: Pick<OlapStore, 'query'>, topic: string): Promise<Record<string, number>> => {
  const rows = await olap.query<{ reason: string; records: number }>(
    `SELECT reason, uniqExact(epoch, source_partition, source_offset) AS records FROM ${REJECTED_TABLE.name} WHERE source_topic = {topic:String} GROUP BY reason ORDER BY reason`,
    { topic },
  );
  return Object.fromEntries(rows.map(({ reason, records }) => [reason, records]));
};
