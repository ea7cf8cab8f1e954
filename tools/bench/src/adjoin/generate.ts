import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { partFile } from './input';

export interface Size {
  readonly clicks: number;
  readonly days: number;
  readonly seed: number;
}

const PARTS = 2;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
/** The first midnight of the data in the default zone. */
const START_MS = Date.UTC(2025, 2, 2, 16);
const ITEMS = 2_000;
const MERCHANTS = 200;
const CLICKS_PER_CONVERSION = 20;
const CITIES = Array.from({ length: 30 }, (_, i) => `city-${i}`);
const PLATFORMS = ['android', 'ios', 'web', 'mini'];

/**
 * An input like the peers', for whoever has not got their generator: skewed users, one conversion for twenty clicks (half of the same item and
 * day, a quarter of the same merchant, a quarter of anything), up to a minute between event and delivery, one event in a hundred delivered
 * twice, one in a thousand more than three hours late, one conversion in twenty before its click. A pure function of its size.
 */
export function generate(folder: string, { clicks, days, seed }: Size): void {
  const random = randomOf(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const span_ms = days * DAY_MS;
  const events = clicks + Math.floor(clicks / CLICKS_PER_CONVERSION);
  const time = new Float64Array(events);
  const user = new Uint32Array(events);
  const item = new Uint16Array(events);
  const delay = new Float64Array(events);
  const users = Math.max(1, Math.floor(clicks / 6));
  // The least user is met most, and still is human: the square leaves her a hundred times the clicks of the mean.
  const someone = (): number => Math.floor(users * random() ** 2);
  const late = (): number => (random() < 0.001 ? 3 * HOUR_MS + MINUTE_MS + below(6 * HOUR_MS) : below(MINUTE_MS));
  for (let i = 0; i < clicks; i++) {
    time[i] = START_MS + Math.floor(((i + random()) * span_ms) / clicks);
    user[i] = someone();
    item[i] = below(ITEMS);
    delay[i] = late();
  }
  for (let v = clicks; v < events; v++) {
    const click = (v - clicks) * CLICKS_PER_CONVERSION + below(CLICKS_PER_CONVERSION);
    const at = time[click] ?? 0;
    const kind = random();
    const early = random() < 1 / 20;
    const dayEnd = at - ((at - START_MS) % DAY_MS) + DAY_MS;
    const latest = kind < 0.5 ? dayEnd : START_MS + span_ms;
    const after = Math.floor(random() ** 4 * Math.min(latest - at, early ? 2 * HOUR_MS : 14 * DAY_MS));
    time[v] = at + after;
    user[v] = kind < 0.75 ? (user[click] ?? 0) : someone();
    const clicked = item[click] ?? 0;
    item[v] = kind < 0.5 ? clicked : kind < 0.75 ? (clicked + MERCHANTS * (1 + below(9))) % ITEMS : below(ITEMS);
    delay[v] = late();
    if (early && kind < 0.75) delay[click] = after + MINUTE_MS + below(30 * MINUTE_MS);
  }

  const { order, again } = inDelivery(time, delay, below, random);
  mkdirSync(folder, { recursive: true });
  const files = Array.from({ length: PARTS }, (_, part) => openSync(partFile(folder, part), 'w'));
  const texts: string[][] = files.map(() => []);
  const flush = (part: number): void => {
    writeSync(files[part] ?? 0, (texts[part] ?? []).join(''));
    texts[part] = [];
  };
  let cost = 0;
  for (let n = 0; n < order.length; n++) {
    const delivered = order[n] ?? 0;
    const i = delivered < events ? delivered : (again[delivered - events] ?? 0);
    const part = n % PARTS;
    const amounts = randomOf(seed * 31 + i + 1);
    const sold = item[i] ?? 0;
    const merchant = sold % MERCHANTS;
    const click = i < clicks;
    const ad = sold * 2 + Math.floor(amounts() * 2);
    const cost_minor = click ? 20 + Math.floor(amounts() * 300) : 0;
    if (click && delivered < events) cost += cost_minor;
    const draw = Math.floor(amounts() * 2 ** 30);
    texts[part]?.push(
      `${JSON.stringify({
        event_id: `${hex(i * 2654435761)}${hex(i ^ 0x5bd1e995)}`,
        source: click ? (draw % 2 ? 'sdk-app' : 'sdk-web') : 'pay-gw',
        type: click ? 'click' : draw % 2 ? 'order' : 'payment',
        event_time: time[i],
        user_id: `u${hex(Math.imul((user[i] ?? 0) + 1, 0x9e3779b1))}`,
        ad_id: click ? `a${padded(ad, 5)}` : null,
        campaign_id: click ? `c${padded(merchant * 5 + (ad % 5), 4)}` : null,
        merchant_id: `m${padded(merchant, 3)}`,
        item_id: `i${padded(sold, 5)}`,
        slot: `feed-${padded(draw % 24, 2)}`,
        platform: PLATFORMS[draw % 4],
        city: CITIES[draw % 30],
        cost_minor,
        amount_minor: click ? 0 : 990 + Math.floor(amounts() * 200_000),
        currency: 'CNY',
        request_id: `${hex(draw)}${hex(i * 40503)}`,
      })}\n`,
    );
    if ((texts[part]?.length ?? 0) >= 4096) flush(part);
  }
  for (const [part, file] of files.entries()) {
    flush(part);
    closeSync(file);
  }
  const meta = {
    clicks,
    conversions: events - clicks,
    duplicates: again.length,
    events: order.length,
    cost,
    DAYS: days,
    PARTS,
    SEED: seed,
  };
  writeFileSync(join(folder, 'meta.json'), `${JSON.stringify(meta)}\n`);
}

/** Deliveries by time: numbers from `events` on are second deliveries, of the event that `again` names. */
function inDelivery(
  time: Float64Array,
  delay: Float64Array,
  below: (limit: number) => number,
  random: () => number,
): { order: Uint32Array; again: number[] } {
  const again: number[] = [];
  for (let i = 0; i < time.length; i++) if (random() < 0.01) again.push(i);
  const at = new Float64Array(time.length + again.length);
  for (let i = 0; i < time.length; i++) at[i] = (time[i] ?? 0) + (delay[i] ?? 0);
  for (const [n, i] of again.entries()) at[time.length + n] = (at[i] ?? 0) + 1 + below(10 * MINUTE_MS);
  return { order: new Uint32Array(at.length).map((_, i) => i).sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || a - b), again };
}

/** Numbers in [0, 1), a function of the seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const hex = (number: number): string => (number >>> 0).toString(16).padStart(8, '0');
const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');
