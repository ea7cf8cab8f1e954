import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { partFile } from '../adjoin/input';
import { drawing, identity } from '../driven/draws';

export const CAMPAIGNS = 100;
const ADS_A_CAMPAIGN = 10;
export const WINDOW_MS = 10_000;
const PARTS = 2;
const EVENTS_A_SECOND = 10_000;
const START_MS = Date.UTC(2025, 2, 3);
const AD_TYPES = ['banner', 'modal', 'sponsored-search', 'mail', 'mobile'];
const EVENT_TYPES = ['view', 'click', 'purchase'];

/** The benchmark's ids are UUIDs. */
const uuid = (kind: number, number: number): string => {
  const digits = identity(number * 7 + kind) + identity(number * 13 + kind + 3);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
};

export const campaigns = (): string[] => Array.from({ length: CAMPAIGNS }, (_, i) => uuid(1, i));
/** Ad → its campaign: what the benchmark keeps in Redis. */
export const adsOf = (names: readonly string[]): Map<string, string> =>
  new Map(
    names.flatMap((campaign, at) =>
      Array.from({ length: ADS_A_CAMPAIGN }, (_, i) => [uuid(2, at * ADS_A_CAMPAIGN + i), campaign] as const),
    ),
  );

export interface YsbInput {
  readonly folder: string;
  readonly parts: number;
  readonly events: number;
  /** JSON: `campaign|window start, ms` → views. */
  readonly truth: string;
}

/** Events of the benchmark's schema, 10 000 a second of event time, and how many views each campaign has in each window. */
export function makeYsb(folder: string, events: number): YsbInput {
  mkdirSync(folder, { recursive: true });
  const below = drawing(11);
  const ads = [...adsOf(campaigns())];
  const users = Array.from({ length: 100 }, (_, i) => uuid(3, i));
  const pages = Array.from({ length: 100 }, (_, i) => uuid(4, i));
  const truth: Record<string, number> = {};
  const files = Array.from({ length: PARTS }, (_, part) => openSync(partFile(folder, part), 'w'));
  const texts: string[] = files.map(() => '');
  for (let n = 0; n < events; n++) {
    const [ad = '', campaign = ''] = ads[below(ads.length)] ?? [];
    const time = START_MS + Math.floor((n * 1_000) / EVENTS_A_SECOND);
    const event_type = EVENT_TYPES[below(EVENT_TYPES.length)] ?? '';
    if (event_type === 'view') {
      const cell = `${campaign}|${time - (time % WINDOW_MS)}`;
      truth[cell] = (truth[cell] ?? 0) + 1;
    }
    const part = n % PARTS;
    texts[part] += `${JSON.stringify({
      user_id: users[below(users.length)],
      page_id: pages[below(pages.length)],
      ad_id: ad,
      ad_type: AD_TYPES[below(AD_TYPES.length)],
      event_type,
      event_time: String(time),
      ip_address: '1.2.3.4',
    })}\n`;
    if ((texts[part]?.length ?? 0) > 1 << 20 || n >= events - PARTS) {
      writeSync(files[part] ?? 0, texts[part] ?? '');
      texts[part] = '';
    }
  }
  for (const file of files) closeSync(file);
  // For whoever has no generator.
  writeFileSync(join(folder, 'ads.json'), JSON.stringify(Object.fromEntries(ads)));
  const told = join(folder, 'truth.json');
  writeFileSync(told, JSON.stringify(truth));
  return { folder, parts: PARTS, events, truth: told };
}
