/** So few of everything that all of it collides. Each ad belongs to one campaign, each campaign and item to one merchant. */
export interface WorldAd {
  readonly ad_id: string;
  readonly campaign_id: string;
  /** Undefined: for the brand, so a click on it is indirect at best. */
  readonly item_id?: string;
}

export interface WorldMerchant {
  readonly merchant_id: string;
  readonly items: readonly [string, string];
  readonly ads: readonly [WorldAd, WorldAd, WorldAd];
}

export const MERCHANTS: readonly [WorldMerchant, WorldMerchant] = [
  {
    merchant_id: 'm1',
    items: ['i1', 'i2'],
    ads: [
      { ad_id: 'a1', campaign_id: 'c1', item_id: 'i1' },
      { ad_id: 'a2', campaign_id: 'c1', item_id: 'i2' },
      { ad_id: 'a3', campaign_id: 'c2' },
    ],
  },
  {
    merchant_id: 'm2',
    items: ['i3', 'i4'],
    ads: [
      { ad_id: 'a4', campaign_id: 'c3', item_id: 'i3' },
      { ad_id: 'a5', campaign_id: 'c4', item_id: 'i4' },
      { ad_id: 'a6', campaign_id: 'c4' },
    ],
  },
];

export const USERS = ['u1', 'u2'] as const;
export const SOURCES = ['s1', 's2'] as const;
export const ORDERS = ['o1', 'o2'] as const;

/** The same few ids in every type, source and user: identity is all of these together. The first two sort differently as UTF-8 and as UTF-16. */
export const idAt = (position: number): string => `${['\uff5e', '\u{1f600}', 'e', 'é'][position % 4] ?? ''}${position}`;
