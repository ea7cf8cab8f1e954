import { compareEvents } from '@millrace/ads';
import type { ClickRef, ClickStore, NewClick } from '../click-store';
import { NO_CLICK } from '../click-store';
import type { Placement } from '../../placements';

const DAY_MS = 86_400_000;

interface Kept {
  readonly click: NewClick;
  readonly ref: ClickRef;
  invalid: boolean;
  repeated: boolean;
  counted: boolean;
}

const placed = ({ event_time, source, event_id }: NewClick) => ({ time: event_time, source, event_id });

/** The port as an array: slow and obvious. Forgets by whole UTC days, as the segments do. */
export class NaiveClicks implements ClickStore {
  private kept: Kept[] = [];
  private readonly names: string[] = [];
  private readonly reaches = new Map<number, number>();
  private next = 0;

  userOf(user_id: string): number {
    return this.kept.some(({ click }) => click.user_id === user_id) ? this.numberOf(`user ${user_id}`) : -1;
  }
  isWithinReach(user: number, time_ms: number): boolean {
    return time_ms <= (this.reaches.get(user) ?? -Infinity) && this.of(user).length > 0;
  }
  setReach(user: number, time_ms: number): void {
    this.reaches.set(user, time_ms);
  }
  merchantOf(merchant_id: string): number {
    return this.kept.some(({ click }) => click.merchant_id === merchant_id) ? this.numberOf(`merchant ${merchant_id}`) : -1;
  }
  itemOf(item_id: string): number {
    return this.kept.some(({ click }) => click.item_id === item_id) ? this.numberOf(`item ${item_id}`) : -1;
  }

  count(user: number): number {
    return this.of(user).length;
  }
  at(user: number, index: number): ClickRef {
    return this.of(user)[index]?.ref ?? NO_CLICK;
  }
  merchantAt(user: number, index: number): number {
    return this.numberOf(`merchant ${this.of(user)[index]?.click.merchant_id}`);
  }
  adAt(user: number, index: number): number {
    return this.numberOf(`ad ${this.of(user)[index]?.click.ad_id}`);
  }
  lastOfMerchant(user: number, from: number, merchant: number): number {
    return this.of(user).findLastIndex((_, index) => index <= from && this.merchantAt(user, index) === merchant);
  }
  isBefore(user: number, index: number, time_ms: number): boolean {
    return this.timeOf(this.at(user, index)) < time_ms;
  }
  countUpTo(user: number, time_ms: number): number {
    return this.of(user).filter(({ click }) => click.event_time <= time_ms).length;
  }
  indexOf(user: number, click: ClickRef): number {
    return this.of(user).findIndex(({ ref }) => ref === click);
  }

  timeOf(click: ClickRef): number {
    return this.get(click).click.event_time;
  }
  placementOf(click: ClickRef): Placement {
    const { merchant_id, campaign_id, ad_id, currency } = this.get(click).click;
    return { merchant_id, campaign_id, ad_id, currency };
  }
  itemTextOf(click: ClickRef): string | null {
    return this.get(click).click.item_id;
  }
  itemNumberOf(click: ClickRef): number {
    const { item_id } = this.get(click).click;
    return item_id === null ? -1 : this.numberOf(`item ${item_id}`);
  }
  versionOf(click: ClickRef): number {
    return this.get(click).click.event_version;
  }
  isInvalid(click: ClickRef): boolean {
    return this.get(click).invalid;
  }
  setInvalid(click: ClickRef, invalid: boolean): void {
    this.get(click).invalid = invalid;
  }
  isRepeated(click: ClickRef): boolean {
    return this.get(click).repeated;
  }
  setRepeated(click: ClickRef, repeated: boolean): void {
    this.get(click).repeated = repeated;
  }
  isCounted(click: ClickRef): boolean {
    return this.get(click).counted;
  }
  setCounted(click: ClickRef, counted: boolean): void {
    this.get(click).counted = counted;
  }
  read(click: ClickRef): NewClick {
    return this.get(click).click;
  }

  find(user_id: string, source: string, event_id: string): ClickRef {
    const isIt = ({ click }: Kept): boolean =>
      click.user_id === user_id && click.source === source && click.event_id === event_id;
    return this.kept.find(isIt)?.ref ?? NO_CLICK;
  }
  add(click: NewClick): ClickRef {
    const ref = this.next++;
    this.kept.push({ click, ref, invalid: false, repeated: false, counted: false });
    return ref;
  }
  remove(_user: number, click: ClickRef): void {
    this.kept = this.kept.filter(({ ref }) => ref !== click);
  }
  forget(time_ms: number): void {
    const end = Math.floor(time_ms / DAY_MS);
    this.kept = this.kept.filter(({ click }) => Math.floor(click.event_time / DAY_MS) >= end);
  }

  get entries(): number {
    return this.kept.length;
  }
  get bytes(): number {
    return 0;
  }

  private of(user: number): Kept[] {
    return this.kept
      .filter(({ click }) => this.numberOf(`user ${click.user_id}`) === user)
      .sort((a, b) => compareEvents(placed(a.click), placed(b.click)));
  }

  private get(click: ClickRef): Kept {
    const kept = this.kept.find(({ ref }) => ref === click);
    if (kept === undefined) throw new RangeError(`click ${click} is not kept`);
    return kept;
  }

  private numberOf(name: string): number {
    const number = this.names.indexOf(name);
    return number >= 0 ? number : this.names.push(name) - 1;
  }
}
