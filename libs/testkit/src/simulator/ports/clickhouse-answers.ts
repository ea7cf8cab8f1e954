import { columnsOf, LAST_TOUCH, METRIC_TABLE, METRICS, PROGRESS, WHOLE_CREDIT } from '@millrace/ads';
import { progressOf, type Row, type Tables, StoreError } from './clickhouse';

type Parameters = Readonly<Record<string, unknown>>;
const KEYS = ['merchant_id', 'campaign_id', 'ad_id', 'item_id'];
const POSITIONS = 2 ** 40;
void METRICS;
void columnsOf;
void WHOLE_CREDIT;
void LAST_TOUCH;
void KEYS;
void METRIC_TABLE;

/** What the statements of `libs/ads` mean, over the tables in memory. */
export function answer(tables: Tables, params: Parameters): Row[] {
  if (params['window'] === PROGRESS) {
    return [...progressOf(tables)].map(([partition, row]) => ({
      partition,
      position: Number(row['version']) % POSITIONS,
      watermark: Number(row['watermark']),
    }));
  }
  throw new StoreError('this statement is not known here');
}
