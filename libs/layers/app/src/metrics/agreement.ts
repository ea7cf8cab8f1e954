import {
  columnsAt,
  decodeServedProgress,
  GRAINS,
  LAST_TOUCH,
  METRIC_TABLE,
  METRICS,
  metricsQuery,
  progressBesideQuery,
  servingProgressKey,
  zoneOf,
  type Grain,
  type Rules,
  type Zone,
} from '@millrace/ads';
import type { Clock, Meter, OlapStore } from '@millrace/stream';
import { query, readAtOnePosition, samePosition, type PositionedRows } from '../store';
import { OpenDaysReader, type OpenDaysStore } from './open-days';
import type { Question } from './question';
import type { StoredRow } from './value';

export interface AgreementDependencies {
  readonly olap: OlapStore;
  readonly openDays: OpenDaysStore;
  readonly clock: Clock;
  readonly rules: Pick<Rules, 'zone'>;
  readonly meter: Pick<Meter, 'count'>;
  /** Told when a comparison differs whose predecessor did not, and when one is equal again. */
  readonly onChange?: (change: Disagreement | null) => void;
}

/** Rows of one day that the two stores had at one position, and did not have alike. */
export interface Disagreement {
  readonly day: string;
  readonly compared: number;
  readonly differing: number;
  /** Some of the merchants. */
  readonly merchants: readonly string[];
}

/** Merchants of a day that are compared at a time. */
const SAMPLE = 20;
/** An emission reaches one store after the other; then they are at one position until the next. */
const ATTEMPTS = 5;
const PAUSE_MS = 200;
const MERCHANT_SHOWN = 3;

const OUTCOMES = ['equal', 'different', 'moved', 'incomplete', 'unavailable'] as const;
type Outcome = (typeof OUTCOMES)[number];

/**
 * Asks the store of open days and the store of everything the same questions, day rows of some merchants, and compares the
 * answers that have the same position: so a difference is a wrong number in one of them, and not the way from one to the other.
 */
export class Agreement {
  readonly #zone: Zone;
  readonly #grain: Grain;
  readonly #reader: OpenDaysReader;
  #differs = false;

  constructor(private readonly given: AgreementDependencies) {
    const { openDays, clock, rules, meter } = given;
    this.#zone = zoneOf(rules.zone);
    this.#grain = merchantGrain();
    this.#reader = new OpenDaysReader(openDays, clock, this.#zone);
    for (const outcome of OUTCOMES) meter.count('store_comparisons', 0, { outcome });
  }

  /** Compares now and then, until `signal`. */
  async watch(interval_ms: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.given.clock.sleep(interval_ms, signal);
      if (!signal.aborted) await this.compare();
    }
  }

  /** One comparison of every open day. Never rejects. */
  async compare(): Promise<void> {
    try {
      const days = await this.#sample();
      if (days === null) return this.#count('incomplete');
      for (const [day_ms, merchants] of days) this.#count(await this.#compareDay(day_ms, merchants));
    } catch {
      // Who asks for numbers hears why.
      this.#count('unavailable');
    }
  }

  /** Some merchants of each open day; null when the store of open days does not know which are open. */
  async #sample(): Promise<ReadonlyMap<number, readonly string[]> | null> {
    const { olap, openDays, clock } = this.given;
    const partitions = Array.from({ length: openDays.partitions }, (_, partition) => partition);
    const heads = await Promise.all(partitions.map((partition) => openDays.store.get([servingProgressKey(partition)])));
    let from_ms = 0;
    for (const [head] of heads) {
      if (head === null || head === undefined) return null;
      from_ms = Math.max(from_ms, decodeServedProgress(head.value).from_ms ?? 0);
    }
    const found = await query<{ day_ms: number; merchant_id: string }>(olap, {
      sql: SAMPLE_SQL,
      params: { model: LAST_TOUCH, from: from_ms, seed: clock.now_ms(), sample: SAMPLE },
    });
    const days = new Map<number, string[]>();
    for (const { day_ms, merchant_id } of found) days.set(day_ms, [...(days.get(day_ms) ?? []), merchant_id]);
    return days;
  }

  async #compareDay(day_ms: number, merchants: readonly string[]): Promise<Outcome> {
    const day = this.#zone.dayOf(day_ms);
    const question = this.#questionOf(day, merchants);
    for (let attempt = 1; ; attempt++) {
      const quick = await this.#reader.read(question, [day], merchants.length);
      if (quick === 'away') return 'unavailable';
      if (quick === 'elsewhere') return 'incomplete';
      const whole = await this.#readWhole(question);
      if (samePosition(quick.at, whole.at)) return this.#judge(day, quick.rows, whole.rows);
      if (attempt === ATTEMPTS) return 'moved';
      await this.given.clock.sleep(PAUSE_MS);
    }
  }

  #questionOf(day: number, merchants: readonly string[]): Pick<Question, 'request' | 'grain' | 'keys' | 'order'> {
    return {
      request: {
        grain: this.#grain.name,
        window: 'day',
        from_ms: this.#zone.dayStart(day),
        to_ms: this.#zone.dayStart(day + 1),
        timezone: this.#zone,
        filter: { merchant_id: merchants },
        groupBy: ['merchant_id'],
        metrics: METRICS.map(({ name }) => name),
        basis: 'conversion',
        model: LAST_TOUCH,
      },
      grain: this.#grain,
      keys: ['merchant_id'],
      order: null,
    };
  }

  #readWhole({ request }: Pick<Question, 'request'>): Promise<PositionedRows<StoredRow>> {
    const { olap, clock } = this.given;
    const definitions = { zone: this.#zone };
    return readAtOnePosition<StoredRow>(olap, {
      rows: metricsQuery(request, definitions),
      progress: progressBesideQuery(request, definitions),
      pause: () => clock.sleep(PAUSE_MS),
    });
  }

  #judge(day: number, quick: readonly StoredRow[], whole: readonly StoredRow[]): Outcome {
    const { meter, onChange } = this.given;
    const [a, b] = [textsOf(quick, this.#grain), textsOf(whole, this.#grain)];
    const merchants = [...new Set([...a.keys(), ...b.keys()])];
    const differing = merchants.filter((merchant) => a.get(merchant) !== b.get(merchant));
    meter.count('store_rows_compared', merchants.length);
    meter.count('store_rows_differing', differing.length);
    const differs = differing.length > 0;
    if (differs && !this.#differs)
      onChange?.({
        day: this.#zone.dayName(day),
        compared: merchants.length,
        differing: differing.length,
        merchants: differing.slice(0, MERCHANT_SHOWN),
      });
    if (!differs && this.#differs) onChange?.(null);
    this.#differs = differs;
    return differs ? 'different' : 'equal';
  }

  #count(outcome: Outcome): void {
    this.given.meter.count('store_comparisons', 1, { outcome });
  }
}

/** Other merchants each time, and all of them in the course of time. */
const SAMPLE_SQL = [
  'SELECT toUnixTimestamp64Milli(t.`window_start`) AS day_ms, t.`merchant_id` AS merchant_id',
  `FROM \`${METRIC_TABLE}\` AS t`,
  "WHERE t.`grain` = 'merchant' AND t.`window` = 'day' AND t.`basis` = 'conversion' AND t.`model` = {model:String}",
  "  AND t.`window_start` >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')",
  'GROUP BY day_ms, merchant_id',
  'ORDER BY day_ms DESC, cityHash64(merchant_id, {seed:Int64})',
  'LIMIT {sample:UInt32} BY day_ms',
].join('\n');

const merchantGrain = (): Grain => {
  const grain = GRAINS.find(({ name }) => name === 'merchant');
  if (grain === undefined) throw new TypeError('there is no grain of merchants');
  return grain;
};

/** Merchant → its numbers as one text. */
const textsOf = (rows: readonly StoredRow[], grain: Grain): Map<string, string> => {
  const columns = columnsAt(grain, METRICS).map(({ name }) => name);
  return new Map(rows.map((row) => [String(row['merchant_id']), JSON.stringify(columns.map((name) => Number(row[name] ?? 0)))]));
};
