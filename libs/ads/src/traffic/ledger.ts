import type { Attribution } from '../facts';
import type { Rules } from '../rules';
import { ClickMemory } from './click-memory';
import { Days } from './days';
import type { Happening, Purchase, TrafficEvent } from './happening';
import type { SplitMetric, TrafficTotals, TrueMetrics } from './totals';
import { noMetrics, sumOf } from './totals';

/** What the ledger remembers of an order line. */
interface Account {
  readonly day: string;
  readonly attribution: Attribution;
  paid: number;
  refunded: number;
  cancelled: boolean;
}

/**
 * The source's own answer. It watches the world in the order in which things happen, so every question of R1–R16 is
 * simple here: all clicks before a conversion are known, nothing is late, nothing comes twice. Shares no code with the layers.
 */
export class Ledger {
  readonly #days: Days;
  readonly #clicks: ClickMemory;
  readonly #accounts = new WeakMap<Purchase, Account>();
  readonly #all = new Map<string, TrueMetrics>();
  readonly #merchants = new Map<string, Map<string, TrueMetrics>>();
  /** Users of the current day, by what they did and where. Things happen in order, so one day is enough. */
  #today = '';
  readonly #users = new Set<string>();
  #repeated = 0;
  #invalidated = 0;

  constructor(rules: Rules) {
    this.#days = new Days(rules.zone);
    this.#clicks = new ClickMemory(rules);
  }

  record({ event, purchase, withdrawn }: Happening): void {
    const day = this.#dayOf(event);
    if (event.type === 'invalidate') return;
    if (withdrawn) {
      this.#invalidated++;
      return;
    }
    if (event.type === 'exposure') this.#exposure(day, event);
    else if (event.type === 'click') this.#click(day, event);
    else if (event.type === 'message') this.#message(day, event);
    else if (purchase !== null) this.#line(day, event, purchase);
  }

  totals(): Pick<TrafficTotals, 'days' | 'merchants' | 'total'> & { repeated_clicks: number; invalidated: number } {
    const days = [...this.#all].map(([day, metrics]) => ({ day, metrics }));
    const merchants = [...this.#merchants].flatMap(([day, rows]) =>
      [...rows].map(([merchant_id, metrics]) => ({ day, merchant_id, metrics })),
    );
    const total = sumOf(days.map(({ metrics }) => metrics));
    return { days, merchants, total, repeated_clicks: this.#repeated, invalidated: this.#invalidated };
  }

  #exposure(day: string, event: TrafficEvent): void {
    const newUsers = this.#newUsers('exposure', event);
    this.#rows(day, event).forEach((row, i) => {
      row.exposures += 1;
      row.cost += event.cost_minor ?? 0;
      if (newUsers[i]) row.exposure_uv += 1;
    });
  }

  #click(day: string, event: TrafficEvent): void {
    if (this.#clicks.add(event, day)) {
      this.#repeated++;
      return;
    }
    const newUsers = this.#newUsers('click', event);
    this.#rows(day, event).forEach((row, i) => {
      row.clicks += 1;
      row.cost += event.cost_minor ?? 0;
      if (newUsers[i]) row.click_uv += 1;
    });
  }

  #message(day: string, event: TrafficEvent): void {
    const attribution = this.#clicks.credit(event, day);
    this.#add(day, event, 'messages', attribution, 1);
    if (event.channel === 'private') this.#add(day, event, 'private_messages', attribution, 1);
  }

  #line(day: string, event: TrafficEvent, purchase: Purchase): void {
    const account = this.#accounts.get(purchase);
    if (account === undefined) {
      const attribution = this.#clicks.credit(event, day);
      this.#accounts.set(purchase, { day, attribution, paid: 0, refunded: 0, cancelled: false });
      this.#add(day, event, 'orders', attribution, 1);
      this.#add(day, event, 'net_orders', attribution, 1);
    } else if (event.type === 'payment') this.#payment(day, event, account);
    else if (event.type === 'refund') this.#refund(day, event, account);
    else if (event.type === 'cancel') this.#cancel(event, account);
  }

  #payment(day: string, event: TrafficEvent, account: Account): void {
    const { attribution } = account;
    const amount = event.amount_minor ?? 0;
    this.#add(day, event, 'payments', attribution, 1);
    this.#add(day, event, 'gmv', attribution, amount);
    this.#add(day, event, 'net_gmv', attribution, amount);
    this.#add(account.day, event, 'net_gmv_by_order_day', attribution, amount);
    account.paid += amount;
    if (account.cancelled) {
      account.cancelled = false;
      this.#add(account.day, event, 'net_orders', attribution, 1);
    }
  }

  /** The journey plans refunds after all payments they can use up, so what is paid by now is all that will be. */
  #refund(day: string, event: TrafficEvent, account: Account): void {
    const { attribution } = account;
    const amount = Math.min(event.amount_minor ?? 0, account.paid - account.refunded);
    this.#add(day, event, 'refund_amount', attribution, amount);
    this.#add(day, event, 'net_gmv', attribution, -amount);
    this.#add(account.day, event, 'net_gmv_by_order_day', attribution, -amount);
    account.refunded += amount;
  }

  #cancel(event: TrafficEvent, account: Account): void {
    if (account.paid > 0 || account.cancelled) return;
    account.cancelled = true;
    this.#add(account.day, event, 'net_orders', account.attribution, -1);
  }

  #add(day: string, event: TrafficEvent, metric: SplitMetric, attribution: Attribution, value: number): void {
    for (const row of this.#rows(day, event)) row[metric][attribution] += value;
  }

  /** The rows of the whole platform and of the event's merchant. */
  #rows(day: string, { merchant_id = '' }: TrafficEvent): readonly [TrueMetrics, TrueMetrics] {
    const merchants = ofDay(this.#merchants, day, () => new Map<string, TrueMetrics>());
    return [ofDay(this.#all, day, noMetrics), ofDay(merchants, merchant_id, noMetrics)];
  }

  /** For each of `#rows`, whether it has not seen this user today. */
  #newUsers(kind: string, { merchant_id = '', user_id }: TrafficEvent): readonly [boolean, boolean] {
    return [this.#isNew(`${kind} ${user_id}`), this.#isNew(`${kind} ${user_id} ${merchant_id}`)];
  }

  #isNew(user: string): boolean {
    const known = this.#users.has(user);
    if (!known) this.#users.add(user);
    return !known;
  }

  #dayOf({ event_time }: TrafficEvent): string {
    const day = this.#days.dayOf(event_time);
    if (day !== this.#today) {
      this.#today = day;
      this.#users.clear();
      this.#clicks.forget(event_time);
    }
    return day;
  }
}

function ofDay<V>(map: Map<string, V>, key: string, none: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = none()));
  return value;
}
