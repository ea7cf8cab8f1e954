import type { Random } from './random';

export interface Item {
  readonly item_id: string;
  readonly merchant_id: string;
  readonly price_minor: number;
}

export interface Ad {
  readonly ad_id: string;
  readonly campaign_id: string;
  readonly merchant_id: string;
  /** Null: the ad is for the brand, and a click on it can only be indirect (R3). */
  readonly item: Item | null;
  readonly slot: string;
  readonly exposure_cost_minor: number;
  readonly click_cost_minor: number;
}

export interface Merchant {
  readonly merchant_id: string;
  readonly items: readonly Item[];
  readonly ads: readonly Ad[];
}

const ITEMS = 12;
const CAMPAIGNS = 3;
const ADS_PER_CAMPAIGN = 4;
const SLOTS = ['feed-1', 'feed-2', 'search-top', 'search-side', 'detail', 'splash'];

/** Merchants by popularity. Every ad belongs to one campaign, every campaign and item to one merchant. */
export function createCatalog(random: Random, merchants: number): readonly Merchant[] {
  return Array.from({ length: merchants }, (_, m): Merchant => {
    const merchant_id = `m${m + 1}`;
    const items = Array.from({ length: ITEMS }, (_, i): Item => ({
      item_id: `i${m + 1}-${i + 1}`,
      merchant_id,
      price_minor: random.skewed(990, 300_000),
    }));
    const ads = Array.from({ length: CAMPAIGNS * ADS_PER_CAMPAIGN }, (_, a): Ad => {
      const campaign = (a % CAMPAIGNS) + 1;
      return {
        ad_id: `a${m + 1}-${a + 1}`,
        campaign_id: `c${m + 1}-${campaign}`,
        merchant_id,
        item: a % ADS_PER_CAMPAIGN === 0 ? null : random.pick(items),
        slot: random.pick(SLOTS),
        exposure_cost_minor: random.below(3),
        click_cost_minor: random.between(20, 320),
      };
    });
    return { merchant_id, items, ads };
  });
}
