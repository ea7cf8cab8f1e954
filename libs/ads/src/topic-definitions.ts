import type { DatedRules, Rules } from './rules/rules';
import { DAY_MS } from './time/civil';
import { TOPICS } from './topics';

/** What a topic is to be like: as data, for the command that makes and checks topics. */
export interface TopicDefinition {
  readonly topic: string;
  /** Never changed once there are records: a key's rows would be in two partitions. */
  readonly partitions: number;
  readonly replication: number;
  /** Copies that must have a record before it is acknowledged. */
  readonly min_isr: number;
  readonly cleanup: 'delete' | 'compact';
  /** -1: for ever. */
  readonly retention_ms: number;
  /** Whose clock a record's time is of; ingest time is the broker's (D1). */
  readonly timestamps: 'append' | 'create';
}

export interface TopicSizes {
  readonly partitions: number;
  readonly replication: number;
}

const WEEK_MS = 7 * DAY_MS;
/** The clocks are put back. */
const LONGEST_DAY_MS = (25 / 24) * DAY_MS;
/** For an operator to correct a mapping and replay what it had rejected. */
const REJECTED_MS = 30 * DAY_MS;
/** The batch layer's to-do list: it runs every day, and may be down for some. */
const LATE_MS = 14 * DAY_MS;
const EXPOSURE_MS = 5 * DAY_MS;
/** Read from its end on: what is older tells nobody anything. Segments end by the day, and one that is over goes as a whole. */
const NOTICE_MS = DAY_MS;

/**
 * The inside topics, and the one that APP writes. What is kept bounds what a lost state can be rebuilt from (design,
 * Flow): a click as long as a conversion or an invalidation may ask for it, an order's events as long as the order lives,
 * and a week for whoever must repair something.
 */
export function topicDefinitions(rules: Rules, { partitions, replication }: TopicSizes): readonly TopicDefinition[] {
  const shape = {
    partitions,
    replication,
    // With three copies one may be away; with fewer, every copy is one that all must wait for, or there is no second.
    min_isr: replication >= 3 ? 2 : 1,
    cleanup: 'delete',
    timestamps: 'append',
  } as const;
  const kept_ms: Readonly<Record<string, number>> = {
    [TOPICS.action]: actionReach_ms(rules) + WEEK_MS,
    [TOPICS.exposure]: Math.max(EXPOSURE_MS, exposureReach_ms(rules)),
    [TOPICS.rejected]: REJECTED_MS,
    [TOPICS.fact]: WEEK_MS,
    [TOPICS.late]: LATE_MS,
    [TOPICS.notice]: NOTICE_MS,
    [TOPICS.http]: WEEK_MS,
  };
  return [
    ...Object.entries(kept_ms).map(([topic, retention_ms]) => ({ topic, retention_ms, ...shape })),
    // As long as anybody may want to play a rejected record again: a few bytes for each that was.
    { topic: TOPICS.replayed, retention_ms: -1, ...shape, partitions: 1 },
  ];
}

/** How far back the join reaches: clicks that may still win or be invalidated, and lines of orders. */
export const actionReach_ms = (rules: Rules): number => Math.max(joined_ms(rules), rules.line_life_ms) + rules.lateness_ms;

/** Distinct users of a day are held until an invalidation can no longer come. */
export const exposureReach_ms = (rules: Rules): number => LONGEST_DAY_MS + longestInvalidation_ms(rules) + rules.lateness_ms;

/** Rows of open days are added up from all their segments: those of yesterday until its end has passed by B. */
export const factReach_ms = ({ lateness_ms }: Pick<Rules, 'lateness_ms'>): number => 2 * LONGEST_DAY_MS + lateness_ms;

/** The largest W + I of all rules, those of later days included (D3). */
const joined_ms = (rules: Rules): number => longest(rules, ({ window_ms, invalidation_ms }) => window_ms + invalidation_ms);

const longestInvalidation_ms = (rules: Rules): number => longest(rules, ({ invalidation_ms }) => invalidation_ms);

const longest = (rules: Rules, of: (dated: DatedRules) => number): number =>
  Math.max(...[{}, ...rules.changes].map((change) => of({ ...rules, ...change })));
