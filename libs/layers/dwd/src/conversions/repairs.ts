import type { CreditSeen, Fact, Repair } from '@millrace/ads';
import { LAST_TOUCH } from '@millrace/ads';
import type { Candidate } from '../clicks/attribution';
import type { EventRecord } from './unit';

/** The credit that stands for an event under the default model; null: it does not count. */
export const standingCredit = ({ published }: EventRecord): CreditSeen | null => {
  const fact = published.find(({ model }) => model === LAST_TOUCH);
  return fact === undefined || fact.attribution === null ? null : { ...fact, attribution: fact.attribution };
};

export const sameCreditSeen = (a: CreditSeen | null, b: CreditSeen | null): boolean =>
  a === null || b === null
    ? a === b
    : a.attribution === b.attribution && a.click_source === b.click_source && a.click_id === b.click_id && a.click_time === b.click_time && a.campaign_id === b.campaign_id && a.ad_id === b.ad_id;

/** The winner that a repair names; null: organic. */
export const winnerOf = ({ attribution, click_source, click_id, click_time, campaign_id, ad_id }: CreditSeen): Candidate | null =>
  attribution === 'organic' || click_source === null || click_id === null || click_time === null || campaign_id === null || ad_id === null
    ? null
    : { touch: attribution, time: click_time, source: click_source, event_id: click_id, campaign_id, ad_id };

/** The pair that a repair states for a conversion that is no longer held. */
export const statedPair = ({ before, after, ingest_time }: Repair): Fact[] => [
  ...before.map((fact): Fact => ({ ...fact, sign: -1, ingest_time })),
  ...after.map((fact): Fact => ({ ...fact, sign: 1, ingest_time })),
];
