import type { ExtentRow, Zone } from '@millrace/ads';
import { extentQuery, METRICS } from '@millrace/ads';
import type { MetricsAnswer } from '@millrace/layer-app';
import type { OlapStore } from '@millrace/stream';

/** A number, or one per attribution. */
export type Value = MetricsAnswer['rows'][number]['metrics'][string];

export interface DayAnswer {
  readonly day: string;
  readonly metrics: Readonly<Record<string, Value>>;
}

export interface MerchantDayAnswer extends DayAnswer {
  readonly merchant_id: string;
}

const DAYS_PER_QUESTION = 366;
const NAMES = METRICS.map(({ name }) => name).join(',');

/** Asks `GET /v1/metrics`: by a socket, or within the process. */
export type Ask = (query: Readonly<Record<string, string>>) => Promise<{ readonly statusCode: number; readonly body: string }>;

/** What the warehouse says of itself, asked as anyone would ask: by REST. */
export class Answers {
  constructor(
    private readonly asked: Ask,
    private readonly olap: Pick<OlapStore, 'query'>,
    private readonly zone: Zone,
  ) {}

  /** Every day that has numbers, of everybody. */
  async days(): Promise<DayAnswer[]> {
    const { sql, params } = extentQuery();
    const [extent] = await this.olap.query<ExtentRow>(sql, params);
    if (extent === undefined || extent.rows === 0) return [];
    const last = this.zone.dayOf(extent.last);
    const days: DayAnswer[] = [];
    for (let day = this.zone.dayOf(extent.first); day <= last; day += DAYS_PER_QUESTION) {
      const rows = await this.ask(day, Math.min(day + DAYS_PER_QUESTION - 1, last));
      days.push(...rows.map((row) => ({ day: row.day ?? '', metrics: row.metrics })));
    }
    return days;
  }

  /** One day, by merchant. */
  async merchants(day: number): Promise<MerchantDayAnswer[]> {
    const rows = await this.ask(day, day, 'merchant_id');
    return rows.map((row) => ({ day: row.day ?? '', merchant_id: row.merchant_id ?? '', metrics: row.metrics }));
  }

  private async ask(first: number, last: number, groupBy?: string): Promise<MetricsAnswer['rows']> {
    const query = {
      from: this.zone.dayName(first),
      to: this.zone.dayName(last + 1),
      window: 'day',
      metrics: NAMES,
      ...(groupBy === undefined ? {} : { groupBy }),
    };
    const { statusCode, body } = await this.asked(query);
    if (statusCode !== 200) throw new Error(`GET /v1/metrics answered ${statusCode}: ${body}`);
    const answer = JSON.parse(body) as MetricsAnswer;
    if (answer.truncated) throw new Error('GET /v1/metrics left rows out');
    return answer.rows;
  }
}
