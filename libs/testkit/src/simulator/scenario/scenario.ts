import {
  DEFAULT_RULES,
  type Random,
  rawTopic,
  refusalOfRules,
  type RuleChange,
  type Rules,
  SHARED_MODELS,
  TOPICS,
  zoneOf,
} from '@millrace/ads';
import { createArchive } from '@millrace/layer-archive';
import fc from 'fast-check';
import { histories, type History } from '../../histories';
import { RULE_SETS } from '../../proof/rule-sets';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The outside world's events as they come, without a mapping. */
export const EVENTS = { name: 'events', format: { type: 'json' }, mappings: [{ identity: true }] } as const;
export const RAW = rawTopic(EVENTS.name);
/** Those that the API took. */
export const HTTP = { ...EVENTS, name: 'http', default_source: 'http' } as const;

/** What a seed decides beforehand. */
export interface Scenario {
  /** At the beginning. */
  readonly rules: Rules;
  /** When other rules are rolled out; null: never. */
  readonly change: { readonly at_ms: number } | null;
  /** Those rules; the same where nothing changes. They say of every day what holds on it, so they say what is right. */
  readonly changed: Rules;
  readonly history: History;
  /** From the first delivery to the last. */
  readonly span_ms: number;
  readonly start_ms: number;
  /** Partitions of each topic. */
  readonly partitions: { readonly raw: number; readonly inside: number };
  /** Instances of each layer at the beginning. */
  readonly instances: Readonly<Record<LayerName, number>>;
  /** Instances of the API; 0: everything comes from the outside topics. */
  readonly apis: number;
  /** Whether there is a snapshot store besides the volumes. */
  readonly store: boolean;
  readonly pace: Pace;
}

/** The layers whose processes are runners. */
export type LayerName = 'ods' | 'dwd' | 'dws' | 'archive';
export const LAYERS: readonly LayerName[] = ['ods', 'dwd', 'dws', 'archive'];

/** What each layer reads, and whether the position is all its state. */
export const INPUTS: Readonly<Record<LayerName, readonly string[]>> = {
  ods: [RAW, TOPICS.http],
  dwd: [TOPICS.action, TOPICS.exposure],
  dws: [TOPICS.fact],
  archive: createArchive().inputs,
};
export const hasState = (layer: LayerName): boolean => layer === 'dwd' || layer === 'dws';

/** Of ODS here: a giant that is rejected unread need not be a megabyte. */
export const MAX_RECORD_BYTES = 4_096;

/** How often a runner does what it does now and then, ms. Longer than in reality, as the history has days for its minutes. */
export interface Pace {
  readonly poll_ms: number;
  readonly tick_interval_ms: number;
  readonly emission_interval_ms: number;
  readonly snapshot_interval_ms: number;
  readonly fetch_bytes: number;
  readonly pending_rows: number;
}

/** How long a zombie is there at most, in polls. */
export const ZOMBIE_POLLS = 20;

/** Half of the promised disorder: the other half is for what the faults delay on the way to the log, and for wrong clocks. */
const DISORDER = 0.5;

const shortLives: Rules = RULE_SETS['short lives, UTC'];
const RULES: readonly Rules[] = [
  { ...shortLives, models: [] },
  { ...shortLives, models: ['linear'] },
  { ...shortLives, zone: 'Asia/Shanghai', window_mode: 'calendar', models: ['position_based'] },
  { ...RULE_SETS['calendar windows, New York, dollars'], window_ms: 3 * DAY, invalidation_ms: DAY, line_life_ms: 4 * DAY },
  { ...DEFAULT_RULES, models: SHARED_MODELS.slice(0, 1).map(({ name }) => name) },
];

export function scenarioOf(seed: number, random: Random): Scenario {
  const rules = random.pick(RULES);
  const size = random.pick([40, 80, 120]);
  const [history = []] = fc.sample(
    // Of histories of any length the longest: short ones say little.
    fc.array(histories({ rules, size, delay_in_lateness: DISORDER }), { minLength: 3, maxLength: 3 }).map(longest),
    { seed, numRuns: 1 },
  );
  const start_ms = history[0]?.deliver_ms ?? 0;
  const span_ms = Math.max(DAY, (history.at(-1)?.deliver_ms ?? 0) - start_ms);
  const steps = random.between(25, 80);
  const poll_ms = Math.floor(span_ms / steps);
  const at_ms = start_ms + random.below(Math.floor(span_ms / 2));
  const changed = changeOf(rules, at_ms + ZOMBIE_POLLS * poll_ms, random);
  return {
    rules,
    change: changed === rules ? null : { at_ms },
    changed,
    history,
    span_ms,
    start_ms,
    partitions: { raw: random.between(1, 3), inside: random.between(1, 4) },
    instances: { ods: random.between(1, 3), dwd: random.between(1, 4), dws: random.between(1, 4), archive: random.between(1, 3) },
    apis: random.pick([0, 0, 1, 2]),
    store: random.chance(5_000),
    pace: {
      poll_ms,
      tick_interval_ms: poll_ms * random.between(1, 5),
      emission_interval_ms: poll_ms * random.between(1, 10),
      snapshot_interval_ms: poll_ms * random.between(2, 20),
      fetch_bytes: random.pick([500, 2_000, 100_000]),
      pending_rows: random.pick([20, 100_000]),
    },
  };
}

/** Rules that differ from the first day on from which they may (D3), whatever the watermark is at `decided_ms`. */
function changeOf(rules: Rules, decided_ms: number, random: Random): Rules {
  const zone = zoneOf(rules.zone);
  const change = random.pick<Omit<RuleChange, 'from_day'>>([
    { window_ms: rules.window_ms / 2 },
    { window_ms: rules.window_ms + DAY },
    { window_mode: 'rolling' },
    { window_mode: 'calendar', window_ms: DAY },
    { invalidation_ms: rules.invalidation_ms + DAY },
    { repeat_within_ms: rules.repeat_within_ms + HOUR },
    { repeat_within_ms: 0, window_ms: rules.window_ms / 4 },
    { models: SHARED_MODELS.slice(0, 2).map(({ name }) => name) },
  ]);
  if (random.chance(5_000)) return rules;
  const from = (day: number): Rules => ({ ...rules, changes: [...rules.changes, { from_day: zone.dayName(day), ...change }] });
  let day = zone.dayOf(decided_ms + DAY) + 1;
  while (refusalOfRules(rules, from(day), decided_ms) !== null) day++;
  return from(day);
}

const longest = (all: readonly History[]): History => all.reduce((a, b) => (b.length > a.length ? b : a));
