import type { Attribution, FactKind } from '../facts';
import { CONVERSION_TABLE } from './detail-tables';
import { POSITION_COLUMNS } from './position-columns';
import type { Statement } from './statement';
import { quoted } from './table';

/** One signed row of a conversion, as stored: absent ids are '', times are ms. */
export interface ConversionRow {
  readonly conversion_id: string;
  readonly kind: FactKind;
  readonly attribution: Attribution;
  readonly model: string;
  readonly credit_micro: number;
  readonly order_id: string;
  readonly order_time: number | null;
  readonly channel: string;
  readonly click_source: string;
  readonly click_id: string;
  readonly click_time: number | null;
  readonly orphan: number;
  readonly version: number;
  readonly sign: 1 | -1;
  readonly source: string;
  readonly event_id: string;
  readonly user_id: string;
  readonly event_time: number;
  readonly ingest_time: number;
  readonly merchant_id: string;
  readonly campaign_id: string;
  readonly ad_id: string;
  readonly item_id: string;
  readonly amount_minor: number;
  readonly original_minor: number;
  readonly currency: string;
  readonly rate_id: string;
  readonly epoch: number;
  readonly source_topic: string;
  readonly source_partition: number;
  readonly source_offset: number;
  readonly ordinal: number;
}

/**
 * All signed rows (`ConversionRow`) of the conversions that have this order id, or one of whose events has this id; in
 * the order of their positions, so that the last row of a pair stands.
 *
 * Two look-ups joined by IN, not by OR: under OR neither index can skip anything. A repeated row equals the one it
 * repeats, so that any one of them will do, and FINAL is not needed.
 *
 * @param merchants only rows of these are looked at, for the id of an event too; null: of all
 */
export const conversionQuery = (id: string, merchants: readonly string[] | null = null): Statement => {
  const table = quoted(CONVERSION_TABLE.name);
  const own = merchants === null ? '' : ' AND `merchant_id` IN {merchants:Array(String)}';
  const position = POSITION_COLUMNS.map(quoted).join(', ');
  return {
    sql: [
      `SELECT ${CONVERSION_TABLE.columns.map(({ name, type }) => (type.includes('DateTime64') ? milliseconds(name) : quoted(name))).join(', ')}`,
      `FROM ${table}`,
      `WHERE \`conversion_id\` IN (SELECT {id:String} UNION ALL SELECT \`conversion_id\` FROM ${table} WHERE \`event_id\` = {id:String}${own})${own}`,
      `ORDER BY ${position}`,
      `LIMIT 1 BY ${position}`,
    ].join('\n'),
    params: merchants === null ? { id } : { id, merchants },
  };
};

const milliseconds = (name: string): string => `toUnixTimestamp64Milli(${quoted(name)}) AS ${quoted(name)}`;
