import type { Ad, Item, Merchant } from './catalog';
import type { Happening, Purchase, TrafficEvent } from './happening';
import { FunnelEvents } from './events';
import type { TrafficOptions } from './options';
import { PROPORTIONS, endOf } from './options';
import type { User } from './population';
import { visitor } from './population';
import type { Random } from './random';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Takes what is going to happen, now or later. */
export type Agenda = (happening: Happening) => void;

/**
 * The funnel: exposure → click → message or order → payment → refund, each step leading to the next some of the time.
 * It knows no rule of attribution: what is direct, indirect or organic comes out when the events have happened.
 */
export class Journey {
  readonly #make: FunnelEvents;
  readonly #end: number;

  constructor(
    private readonly options: TrafficOptions,
    private readonly random: Random,
    private readonly merchants: readonly Merchant[],
    private readonly agenda: Agenda,
  ) {
    this.#make = new FunnelEvents(options.id_prefix, options.rules.base_currency);
    this.#end = endOf(options);
  }

  /** Somebody opens the app: mostly ads of one merchant, and now and then a purchase or a question that no ad led to. */
  visit(at: number): void {
    const { random } = this;
    const user = visitor(random, this.options.users);
    const favourite = this.#merchant();
    let t = at + random.below(SECOND);
    for (let shown = random.between(1, 9); shown > 0; shown--) {
      const ad = random.pick((random.chance(7_000) ? favourite : this.#merchant()).ads);
      this.#advertise(this.#make.exposure(t, user, ad), user);
      if (random.chance(2_200)) this.#click(t + random.skewed(300, 30 * SECOND), user, ad);
      t += random.skewed(200, 2 * MINUTE);
    }
    if (user.onlooker) return;
    if (random.chance(250)) this.#order(t, user, random.pick(favourite.items));
    if (random.chance(250)) this.#message(t, user, favourite, random.pick(favourite.items));
  }

  /** What follows from what has just happened. */
  follow({ event, user, purchase, withdrawn }: Happening): void {
    if (withdrawn || user.onlooker) return;
    const t = event.event_time;
    if (event.type === 'click') this.#afterClick(t, user, event);
    else if (event.type === 'message') this.#afterMessage(t, user, event);
    else if (purchase !== null && event.type === 'order') this.#afterOrder(t, user, purchase);
    else if (purchase !== null && event.type === 'payment') this.#afterPayment(t, user, purchase, event.amount_minor ?? 0);
  }

  #click(t: number, user: User, ad: Ad): void {
    const { random } = this;
    this.#advertise(this.#make.click(t, user, ad), user);
    const within = this.options.rules.repeat_within_ms;
    // An impatient finger, also at exactly the limit.
    if (within > 0 && random.chance(PROPORTIONS.repeat)) {
      this.#advertise(this.#make.click(t + (random.chance(1_000) ? within : random.between(1, within + 1)), user, ad), user);
    }
  }

  /** Plans an exposure or a click, and sometimes its withdrawal, well before I is over. */
  #advertise(event: TrafficEvent, user: User): void {
    const withdrawal = event.event_time + this.random.skewed(MINUTE, 2 * DAY);
    const withdrawn =
      this.random.chance(PROPORTIONS.withdrawn) &&
      withdrawal < this.#end &&
      withdrawal - event.event_time <= this.options.rules.invalidation_ms;
    this.#plan({ event, user, purchase: null, withdrawn });
    if (withdrawn) this.#plan({ event: this.#make.invalidate(withdrawal, event), user, purchase: null, withdrawn });
  }

  #afterClick(t: number, user: User, click: TrafficEvent): void {
    const { random } = this;
    const merchant = this.#merchantOf(click);
    const clicked = merchant.items.find((item) => item.item_id === click.item_id);
    const sameItem = clicked ?? random.pick(merchant.items);
    const choice = random.below(1_000);
    if (choice < 70) this.#order(t + random.skewed(20 * SECOND, 6 * HOUR), user, sameItem);
    else if (choice < 115) this.#order(t + this.#later(), user, random.pick(merchant.items));
    else if (choice < 165)
      this.#message(t + random.skewed(5 * SECOND, 2 * HOUR), user, merchant, random.chance(8_000) ? sameItem : null);
  }

  /** Days later, mostly within the attribution window, now and then exactly at its end or 1 ms past it. */
  #later(): number {
    const { random } = this;
    const window = this.options.rules.window_ms;
    return random.chance(100) ? window + random.below(2) : random.skewed(MINUTE, 15 * DAY);
  }

  #message(t: number, user: User, merchant: Merchant, item: Item | null): void {
    const event = this.#make.message(t, user, merchant, item, this.random.chance(3_000) ? 'private' : 'public');
    this.#plan({ event, user, purchase: null, withdrawn: false });
  }

  #afterMessage(t: number, user: User, message: TrafficEvent): void {
    const { random } = this;
    if (random.chance(2_500)) this.#order(t + random.skewed(MINUTE, DAY), user, random.pick(this.#merchantOf(message).items));
  }

  /** Some orders have a second line, now and then of another merchant. */
  #order(t: number, user: User, item: Item): void {
    const { random } = this;
    const order_id = this.#make.orderId();
    this.#line(t, user, order_id, item);
    if (!random.chance(1_500)) return;
    const other = random.chance(3_000) ? this.#merchant() : this.#merchantOf(item);
    const second = random.pick(other.items);
    if (second.item_id !== item.item_id) this.#line(t, user, order_id, second);
  }

  #line(t: number, user: User, order_id: string, item: Item): void {
    const quantity = this.random.skewed(1, 4);
    const purchase = { order_id, item, amount_minor: item.price_minor * quantity };
    this.#plan({ event: this.#make.order(t, user, purchase, quantity), user, purchase, withdrawn: false });
  }

  #afterOrder(t: number, user: User, purchase: Purchase): void {
    const { random } = this;
    const fate = random.below(100);
    const paid = t + random.skewed(5 * SECOND, 2 * HOUR);
    const whole = purchase.amount_minor;
    const pay = (at: number, amount: number) => {
      this.#planLine(this.#make.payment(at, user, purchase, amount), user, purchase);
    };
    const cancel = (at: number) => {
      this.#planLine(this.#make.cancel(at, user, purchase), user, purchase);
    };
    if (fate < 78) pay(paid, whole);
    else if (fate < 82) {
      const deposit = Math.floor(whole / 3);
      pay(paid, deposit);
      pay(paid + random.skewed(HOUR, DAY), whole - deposit);
    } else if (fate < 90) cancel(t + random.skewed(MINUTE, DAY));
    else if (fate < 92) {
      // Paid after all: the cancel counts for nothing.
      cancel(paid);
      pay(paid + random.skewed(SECOND, HOUR), whole);
    }
  }

  #afterPayment(t: number, user: User, purchase: Purchase, amount: number): void {
    const { random } = this;
    const back = t + random.skewed(HOUR, 10 * DAY);
    const refund = (at: number, amount_minor: number) => {
      this.#planLine(this.#make.refund(at, user, purchase, amount_minor), user, purchase);
    };
    const fate = random.below(100);
    if (fate < 5) refund(back, amount);
    else if (fate < 8) {
      const part = Math.ceil(amount / 4);
      refund(back, part);
      // The rest; or by mistake all of it again, more than is left, but only where no later payment could cover it.
      const tooMuch = amount === purchase.amount_minor && random.chance(2_000);
      refund(back + random.skewed(HOUR, 2 * DAY), tooMuch ? amount : amount - part);
    }
  }

  #planLine(event: TrafficEvent, user: User, purchase: Purchase): void {
    this.#plan({ event, user, purchase, withdrawn: false });
  }

  #plan(happening: Happening): void {
    if (happening.event.event_time < this.#end) this.agenda(happening);
  }

  /** By popularity. */
  #merchant(): Merchant {
    const rank = this.random.skewed(4, 4 + this.merchants.length) - 4;
    return this.merchants[rank] ?? this.random.pick(this.merchants);
  }

  #merchantOf({ merchant_id }: { readonly merchant_id?: string }): Merchant {
    // Merchants are numbered from 1 in the order of the catalog.
    const merchant = this.merchants[Number(merchant_id?.slice(1)) - 1];
    if (merchant === undefined) throw new Error(`The catalog has no merchant ${merchant_id ?? ''}`);
    return merchant;
  }
}
