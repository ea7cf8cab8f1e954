import type { LateReason } from '../facts';
import { LATE_TABLE } from './archive-tables';
import { receivedQuery, type ReceivedRequest } from './received-query';
import type { Statement } from './statement';

/** What a late event may have made wrong, as it is read. */
export interface LateRow {
  readonly reason: LateReason;
  readonly type: string;
  readonly source: string;
  readonly event_id: string;
  readonly user_id: string;
  /** '' when it is not known. */
  readonly merchant_id: string;
  readonly event_time: number;
  readonly ingest_time: number;
  /** Local calendar day, days since 1970-01-01. */
  readonly day: number;
  readonly watermark: number;
}

/** The newest first (`LateRow`). A row that was written twice is one. */
export const lateQuery = (request: ReceivedRequest<LateReason>): Statement => receivedQuery(LATE_TABLE, COLUMNS, request);

const COLUMNS = [
  'r.`reason` AS `reason`',
  'r.`type` AS `type`',
  'r.`source` AS `source`',
  'r.`event_id` AS `event_id`',
  'r.`user_id` AS `user_id`',
  'r.`merchant_id` AS `merchant_id`',
  'toUnixTimestamp64Milli(r.`event_time`) AS `event_time`',
  'toUnixTimestamp64Milli(r.`ingest_time`) AS `ingest_time`',
  'r.`day` AS `day`',
  'toUnixTimestamp64Milli(r.`watermark`) AS `watermark`',
];
