import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { TextTable } from './columns/text-table';
import { Interner } from './interner';
import type { Stored } from './stored';

/** Whose ad it is, and in which currency it costs: what the exposures and clicks of an ad have in common. */
export interface Placement {
  readonly merchant_id: string;
  readonly campaign_id: string;
  readonly ad_id: string;
  readonly currency: string;
}

/** No id holds it, so the name of a placement says what it is. */
const SEPARATOR = '\u0000';

/** Numbers for placements. Nearly always an ad has one, so it is found by the ad's id alone, without building a name. */
export class Placements implements Stored {
  private readonly names = new Interner();
  private readonly placements: (Placement | undefined)[] = [];
  /** Numbers for ids of ads, and the placement that each was last seen with. */
  private readonly ads = new TextTable();
  private readonly lastOfAd: number[] = [];

  intern(placement: Placement, bucket: number): number {
    const ad = this.ads.find(placement.ad_id);
    const last = ad < 0 ? undefined : this.lastOfAd[ad];
    if (last !== undefined && sameOwner(this.placements[last], placement)) {
      this.names.touch(last, bucket);
      return last;
    }
    const { merchant_id, campaign_id, ad_id, currency } = placement;
    const number = this.names.intern([merchant_id, campaign_id, ad_id, currency].join(SEPARATOR), bucket);
    this.placements[number] ??= { merchant_id, campaign_id, ad_id, currency };
    this.lastOfAd[this.ads.intern(ad_id)] = number;
    return number;
  }

  get(number: number): Placement {
    const placement = this.placements[number];
    if (placement === undefined) throw new RangeError(`no placement has the number ${number}`);
    return placement;
  }

  /** As `Interner.sweep`. */
  sweep(bucket: number, onFree?: (number: number) => void): void {
    this.names.sweep(bucket, (number) => {
      const { ad_id } = this.get(number);
      const ad = this.ads.find(ad_id);
      if (ad >= 0 && this.lastOfAd[ad] === number) this.ads.free(ad);
      this.placements[number] = undefined;
      onFree?.(number);
    });
  }

  write(to: StateWriter): void {
    this.names.write(to);
  }

  parts(prefix: string): StatePart[] {
    return this.names.parts(prefix);
  }

  restore(from: StateReader, prefix: string, parts: StateParts, layout: number): void {
    this.names.restore(from, prefix, parts, layout);
    this.read();
  }

  restoreLayout1(from: StateReader, prefix: string, parts: StateParts): void {
    this.names.restoreLayout1(from, `${prefix}.names`, parts);
    from.count();
    this.read();
  }

  private read(): void {
    for (const [number, name] of this.names.entries()) {
      const [merchant_id = '', campaign_id = '', ad_id = '', currency = ''] = name.split(SEPARATOR);
      this.placements[number] = { merchant_id, campaign_id, ad_id, currency };
      this.lastOfAd[this.ads.intern(ad_id)] = number;
    }
  }

  /** Those in use, with their numbers. */
  *entries(): Iterable<[number, Placement]> {
    for (const [number, placement] of this.placements.entries())
      if (placement !== undefined) yield [number, placement];
  }
}

/** Of two placements of one ad. */
const sameOwner = (a: Placement | undefined, b: Placement): boolean =>
  a !== undefined && a.campaign_id === b.campaign_id && a.merchant_id === b.merchant_id && a.currency === b.currency;
