import { ManualClock } from '@millrace/adapters/memory';
import { DEFAULT_RULES, zoneOf, type Rules, type Zone } from '@millrace/ads';
import type { ConversionsAnswer, MetricsAnswer } from '@millrace/layer-app';
import { sumCounters, type DwdCounters } from '@millrace/layer-dwd';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { loadSource } from '@millrace/service';
import { openWarehouse, type Warehouse } from '../warehouse';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** How far the clock goes while a turn of real I/O is waited for: little, so that a test's times are what it says. */
const TURN_MS = 5;
const START_MS = Date.parse('2025-06-01T00:00:00+08:00');

export type Event = Readonly<Record<string, unknown>>;

/** One event of an order line, as REST tells it. */
export type Told = ConversionsAnswer['conversions'][number]['events'][number];

/**
 * The warehouse of `npm start` with time in the test's hand: events are received when the test says, by HTTP as NDJSON, go
 * through all layers into the column store, and are read back by REST. A second source is silent throughout.
 */
export class Timeline {
  private constructor(
    readonly warehouse: Warehouse,
    private readonly clock: ManualClock,
    private readonly zone: Zone,
    private readonly directory: string,
    private readonly failed: Promise<never>,
  ) {}

  static async open(rules: Partial<Rules> = {}): Promise<Timeline> {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-test-'));
    const clock = new ManualClock(START_MS);
    const all = { ...DEFAULT_RULES, ...rules };
    const warehouse = await openWarehouse({
      data: { path: directory, log: join(directory, 'log'), olap: join(directory, 'olap'), snapshots: null },
      sources: [loadSource('http'), { ...loadSource('events'), name: 'silent' }],
      rules: all,
      partitions: 2,
      clock,
      emission_interval_ms: 10 * SECOND_MS,
      snapshot_interval_ms: 10 * SECOND_MS,
      idles: () => true,
      onRebuild: () => undefined,
      onRestored: () => undefined,
      warn: () => undefined,
    });
    const failed = warehouse.runner.run().then(() => new Promise<never>(() => undefined));
    const timeline = new Timeline(warehouse, clock, zoneOf(all.zone), directory, failed);
    await timeline.settle();
    return timeline;
  }

  /** The next local midnight, a day or more from now: where a vector begins that is nobody else's concern. */
  async nextDay(): Promise<number> {
    const midnight = this.zone.dayStart(this.zone.dayOf(this.clock.now_ms()) + 2);
    await this.until(midnight);
    return midnight;
  }

  /** Lets time pass until this instant; every layer learns of it. */
  async until(time_ms: number): Promise<void> {
    if (time_ms < this.clock.now_ms()) throw new Error(`${new Date(time_ms).toISOString()} is past already`);
    this.clock.advance(time_ms - this.clock.now_ms());
    await this.settle();
  }

  /** The events are received at this instant, in this order, one request each, and everything that comes of them is written. */
  async receive(time_ms: number, ...events: readonly Event[]): Promise<void> {
    await this.until(time_ms);
    for (const event of events) {
      const { status, body } = await this.post([event]);
      if (status !== 202) throw new Error(`${JSON.stringify(event)} was answered ${status}: ${body}`);
    }
    await this.settle();
  }

  /** One request of many lines. */
  async post(events: readonly Event[]): Promise<{ status: number; body: string }> {
    const payload = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    const headers = { 'content-type': 'application/x-ndjson' };
    const { statusCode, body } = await this.passing(
      this.warehouse.app.inject({ method: 'POST', url: '/v1/events', headers, payload }),
    );
    return { status: statusCode, body };
  }

  /** Puts a record into the log behind the API's back, as another producer would. */
  async append(event: Event): Promise<void> {
    await this.warehouse.log.append([
      { to: { topic: 'raw.http', partition: 0 }, records: [{ value: Buffer.from(JSON.stringify(event)) }] },
    ]);
    await this.settle();
  }

  /** What stands for the events of an order's lines (or of a message), by type; of several of a type the one named. */
  async told(id: string, type: string, event_id?: string): Promise<Told> {
    const { conversions } = await this.get<ConversionsAnswer>(`/v1/conversions/${id}`);
    const found = conversions.flatMap(({ events }) =>
      events.filter((event) => event.type === type && event.event_id === (event_id ?? event.event_id)),
    );
    if (found.length !== 1 || found[0] === undefined)
      throw new Error(`${found.length} events of type ${type} in ${JSON.stringify(conversions)}`);
    return found[0];
  }

  /** `direct c-1`, `organic`: whose the order is. */
  async credit(id: string, type = 'order', event_id?: string): Promise<string> {
    return creditText((await this.told(id, type, event_id)).credit);
  }

  /** The numbers of a merchant on the local day of an instant. */
  async day(time_ms: number, merchant_id: string): Promise<MetricsAnswer['rows'][number]['metrics']> {
    const day = this.zone.dayOf(time_ms);
    const answer = await this.answer({
      from: this.zone.dayName(day),
      to: this.zone.dayName(day + 1),
      filter: `merchant_id:${merchant_id}`,
    });
    return answer.rows[0]?.metrics ?? {};
  }

  answer(query: Readonly<Record<string, string>>): Promise<MetricsAnswer> {
    return this.get('/v1/metrics', query);
  }

  counters(): DwdCounters {
    return sumCounters(this.warehouse.dwd.operators.map(({ counters }) => counters));
  }

  async close(): Promise<void> {
    await this.passing(this.warehouse.close());
    rmSync(this.directory, { recursive: true, force: true });
  }

  private settle(): Promise<void> {
    return this.passing(this.warehouse.runner.drain());
  }

  private async get<T>(url: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    const { statusCode, body } = await this.passing(this.warehouse.app.inject({ url, query }));
    if (statusCode !== 200) throw new Error(`GET ${url} answered ${statusCode}: ${body}`);
    return JSON.parse(body) as T;
  }

  /** Lets time pass, a little, until the work is done. */
  private async passing<T>(work: PromiseLike<T>): Promise<T> {
    let done = false;
    const end = (): void => {
      done = true;
    };
    const both = Promise.race([work, this.failed]);
    both.then(end, end);
    while (!done) {
      await turn();
      this.clock.advance(TURN_MS);
    }
    return both;
  }
}

export const creditText = (credit: Told['credit']): string =>
  credit === null ? 'none' : [credit.attribution, credit.click?.event_id].join(' ').trim();
/** How a conversion came to be what it is: `+organic -organic +direct c-1`. */
export const historyText = ({ versions }: Told): string =>
  versions.map((version) => `${version.sign > 0 ? '+' : '-'}${creditText(version)}`).join(' ');

/** Events of a user, merchant and item that are one vector's own. */
export const eventsOf = (vector: string) => {
  const of = { user_id: `u${vector}`, merchant_id: `m${vector}` };
  const line = { order_id: `order-${vector}`, item_id: `i${vector}`, amount_minor: 1_000 };
  const event = (type: string, event_id: string, event_time: number, more: Event): Event => ({
    type,
    event_id,
    event_time,
    ...of,
    ...more,
  });
  return {
    order_id: line.order_id,
    merchant_id: of.merchant_id,
    click: (event_id: string, event_time: number, more: Event = {}): Event =>
      event('click', event_id, event_time, {
        ad_id: `ad-${event_id}`,
        campaign_id: 'cp',
        item_id: line.item_id,
        cost_minor: 10,
        ...more,
      }),
    order: (event_time: number, more: Event = {}): Event => event('order', 'o', event_time, { ...line, ...more }),
    payment: (event_time: number, more: Event = {}): Event => event('payment', 'p', event_time, { ...line, ...more }),
    refund: (event_id: string, event_time: number, amount_minor: number): Event =>
      event('refund', event_id, event_time, { ...line, amount_minor }),
    invalidate: (target_id: string, event_time: number): Event => ({
      type: 'invalidate',
      event_id: `inv-${target_id}`,
      event_time,
      user_id: of.user_id,
      target_type: 'click',
      target_source: 'http',
      target_id,
      reason: 'robot',
    }),
  };
};
