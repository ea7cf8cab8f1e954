import { DEFAULT_RULES as rules, METRIC_TABLE, TOPICS } from '@millrace/ads';
import { createDws } from '@millrace/layer-dws';
import type { Emitting } from '@millrace/stream';
import { Driven } from '../driven/driven';
import { factsFrom } from '../driven/facts';
import { dayAt, midnight_ms, type Warehouse } from '../warehouse/warehouse';

const MOST_MERCHANTS = 200;
const ALL_ROWS = 10_000_000;
const ATTEMPTS = 10;
/** Of one statement. */
const SLICE = 500_000;
const CAMPAIGNS = 1_000;
const ADS = 4_000;
export const DAYS = 14;
const MINUTES = DAYS * 1_440;
/** Of open-day facts: those of driven/facts.ts. */
const FACTS = 40_000;

/** How the rows below count: simple enough to be known without asking. */
export const clicksOf = { minute: 3, hour: 7, day: 11 } as const;

/** A little of everything today, as DWS itself writes it into both stores; then the past days, row by row, made in the server. */
export async function filled(warehouse: Warehouse, rows: number): Promise<{ readonly rows: number; readonly today: number }> {
  const { olap, serving, clock } = warehouse;
  const now_ms = clock.now_ms();
  const today = dayAt(now_ms);
  const driven = new Driven(createDws({ rules }), TOPICS.fact);
  const factAt = factsFrom(Math.max(midnight_ms(today), now_ms - FACTS * 10));
  driven.take(Array.from({ length: FACTS }, (_, n) => factAt(n)));
  const operator = driven.task.operator as unknown as Emitting;
  operator.refill?.();
  const emission = operator.collect(driven.task.position);
  if (emission === null) throw new Error('DWS has emitted nothing');
  for (const closing of [false, true]) await olap.insert(emission.blocks.filter((block) => (block.closing ?? false) === closing));
  // A store that does not answer at once is gone on without.
  for (let attempt = 1; !(await serving.put(emission.serving, true)); attempt++)
    if (attempt === ATTEMPTS) throw new Error('Redis does not take the open day');
  const stored = await serving.get(emission.serving.map(({ key }) => key));
  if (stored.includes(null)) throw new Error('Redis has not kept the open day');

  // As many of each grain as traffic would make: most are minutes of merchants and campaigns.
  const merchants = Math.max(10, Math.round((MOST_MERCHANTS * rows) / ALL_ROWS));
  const merchantMinutes = merchants * MINUTES;
  const adsByHour = Math.max(100, Math.round((ADS * rows) / ALL_ROWS));
  const adHours = adsByHour * DAYS * 24;
  const adDays = ADS * DAYS;
  const campaignMinutes = Math.max(0, rows - merchantMinutes - adHours - adDays);
  const first_ms = midnight_ms(today - DAYS);
  await made(warehouse, 'merchant', 'minute', merchantMinutes, clicksOf.minute, {
    merchant_id: `concat('m', toString(number % ${merchants}))`,
    window_start: `${first_ms} + intDiv(number, ${merchants}) * 60000`,
  });
  await made(warehouse, 'campaign', 'minute', campaignMinutes, clicksOf.minute, {
    merchant_id: `concat('m', toString(number % ${MOST_MERCHANTS}))`,
    campaign_id: `concat('c', toString(number % ${CAMPAIGNS}))`,
    window_start: `${first_ms} + intDiv(number, ${CAMPAIGNS}) % ${MINUTES} * 60000`,
  });
  await made(warehouse, 'ad', 'hour', adHours, clicksOf.hour, {
    ...ad(adsByHour),
    window_start: `${first_ms} + intDiv(number, ${adsByHour}) * 3600000`,
  });
  // The n-th ad has n clicks more than the first.
  await made(warehouse, 'ad', 'day', adDays, `${clicksOf.day} + number % ${ADS}`, {
    ...ad(ADS),
    window_start: `${first_ms} + intDiv(number, ${ADS}) * 86400000`,
  });
  const [counted] = await olap.query<{ rows: number }>(`SELECT count() AS rows FROM ${METRIC_TABLE}`);
  return { rows: Number(counted?.rows), today };
}

const LOOKS = 10;
const LOOK_MS = 500;
const SETTLES_WITHIN_MS = 300_000;

/**
 * Resolves once ClickHouse has nothing left to merge of what was filled in: for some seconds no merge was under way. A warehouse takes weeks
 * for as many rows; who fills them in within seconds leaves the server minutes of work, which no question of a steady state meets.
 */
export async function settled({ olap, clock }: Pick<Warehouse, 'olap' | 'clock'>): Promise<{ readonly waited_ms: number }> {
  const began_ms = performance.now();
  for (let quiet = 0; quiet < LOOKS;) {
    const [found] = await olap.query<{ merges: number }>('SELECT count() AS merges FROM system.merges');
    quiet = Number(found?.merges) === 0 ? quiet + 1 : 0;
    if (performance.now() - began_ms > SETTLES_WITHIN_MS) throw new Error('ClickHouse does not come to an end of its merges');
    await clock.sleep(LOOK_MS);
  }
  return { waited_ms: performance.now() - began_ms };
}

const ad = (count: number) => ({
  merchant_id: `concat('m', toString(number % ${count} % ${MOST_MERCHANTS}))`,
  campaign_id: `concat('c', toString(number % ${count} % ${CAMPAIGNS}))`,
  ad_id: `concat('a', toString(number % ${count}))`,
});

async function made(
  { olap }: Warehouse,
  grain: string,
  window: string,
  count: number,
  clicks: number | string,
  { window_start, ...ids }: Readonly<Record<string, string>>,
): Promise<void> {
  const columns = {
    grain: `'${grain}'`,
    window: `'${window}'`,
    basis: "'conversion'",
    model: "'last'",
    ...ids,
    window_start: `fromUnixTimestamp64Milli(toInt64(${window_start ?? '0'}))`,
    segment: '0',
    partition: '0',
    version: '1',
    watermark: 'fromUnixTimestamp64Milli(toInt64(0))',
    clicks: String(clicks),
    cost: '100',
  };
  const names = Object.keys(columns).map((name) => `\`${name}\``);
  for (let from = 0; from < count; from += SLICE)
    await olap.command(
      `INSERT INTO ${METRIC_TABLE} (${names.join(', ')}) SELECT ${Object.values(columns).join(', ')} FROM numbers(${from}, ${Math.min(SLICE, count - from)})`,
    );
}
