import { GRAINS, METRICS } from '@millrace/ads';
import { CHECKED } from './ad-days';

/** What DWS sums up. */
export interface Mode {
  readonly grains: typeof GRAINS;
  readonly metrics: typeof METRICS;
  /** Of its metrics those that the check compares. */
  readonly checked: readonly string[];
}

const LIKE_THE_PEERS = ['clicks', 'cost', 'orders', 'payments', 'gmv'];

export const MODES = {
  /** Every grain, window and metric of the warehouse, distinct users included. */
  full: { grains: GRAINS, metrics: METRICS, checked: CHECKED },
  /**
   * The sums that the peers make, and no other: clicks, cost and conversions of an ad by day. ODS and DWD do all they ever do
   * (validation of every field, versions, repeated clicks, distinct users, the late lane): the peers do not.
   */
  'ad-day': {
    grains: GRAINS.filter(({ name }) => name === 'ad').map((grain) => ({ ...grain, windows: ['day'] as const })),
    metrics: METRICS.filter(({ name }) => LIKE_THE_PEERS.includes(name)),
    checked: CHECKED.filter((name) => name !== 'click_uv'),
  },
} satisfies Record<string, Mode>;

export type ModeName = keyof typeof MODES;
