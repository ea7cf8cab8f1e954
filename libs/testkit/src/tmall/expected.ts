import { readCsv } from '../data';

/** Independently computed answers for the Tmall log, see its README. */
export interface ExpectedCell {
  readonly day: string;
  /** Null: all merchants. */
  readonly merchant_id: string | null;
  /** Cell names as the oracle's: `metric` or `metric|attribution`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Not split by attribution in these answers. */
  readonly messages: number;
}

export interface ExpectedConversion {
  readonly user_id: string;
  readonly item_id: string;
  readonly merchant_id: string;
  readonly event_time: number;
  readonly amount_minor: number;
  readonly attribution: 'direct' | 'indirect' | 'organic';
  readonly click_time: number | null;
  readonly click_item: string | null;
}

export const expectedByDay = (): ExpectedCell[] => readCsv('expected/tmall_62u.by_day.csv.gz').map(cellOf);
export const expectedByDayAndMerchant = (): ExpectedCell[] => readCsv('expected/tmall_62u.by_day_merchant.csv.gz').map(cellOf);

export const expectedConversions = (): ExpectedConversion[] =>
  readCsv('expected/tmall_62u.conversions.csv.gz').map((row) => ({
    user_id: row['user_id'] ?? '',
    item_id: row['item_id'] ?? '',
    merchant_id: row['merchant_id'] ?? '',
    event_time: Number(row['conv_ts']) * 1_000,
    amount_minor: Number(row['amount_minor']),
    attribution: attributionOf(row['label']),
    click_time: row['touch_ts'] ? Number(row['touch_ts']) * 1_000 : null,
    click_item: row['touch_item'] || null,
  }));

/** Names of the answers, and ours. */
const LABELS = [
  ['direct', 'direct'],
  ['indirect', 'indirect'],
  ['none', 'organic'],
] as const;

function cellOf(row: Readonly<Record<string, string>>): ExpectedCell {
  const metrics: Record<string, number> = {
    clicks: Number(row['clicks']),
    click_uv: Number(row['uv']),
  };
  for (const [label, attribution] of LABELS) {
    metrics[`orders|${attribution}`] = Number(row[label]);
    metrics[`gmv|${attribution}`] = Number(row[`gmv_${label}`]);
  }
  return { day: row['day'] ?? '', merchant_id: row['merchant_id'] ?? null, metrics, messages: Number(row['messages']) };
}

function attributionOf(label: string | undefined): ExpectedConversion['attribution'] {
  const known = LABELS.find(([name]) => name === label);
  if (known === undefined) throw new Error(`The expected answers have an unknown label, ${label}`);
  return known[1];
}
