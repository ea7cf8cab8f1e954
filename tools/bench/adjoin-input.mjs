// The input of the benches that join ads: files part-0.ndjson, part-1.ndjson, … and meta.json with the counts, as the peers' generator writes
// them (`IN` names the folder). Without `IN` a smaller one like it is made: users and ads by a skewed draw, one conversion for twenty clicks,
// up to a minute between event and delivery, one event in a hundred delivered twice.
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @returns {{folder: string, parts: number, meta: object, oracle: object | null, isOwn: boolean}} */
export function adjoinInput(folder = process.env.IN, clicks = 200_000) {
  const own = folder === undefined;
  const at = own ? generated(clicks) : folder;
  const json = (name) => (existsSync(join(at, name)) ? JSON.parse(readFileSync(join(at, name), 'utf8')) : null);
  let parts = 0;
  while (existsSync(join(at, `part-${parts}.ndjson`))) parts++;
  if (parts === 0) throw new Error(`${at}: no part-0.ndjson; IN must name a folder that the peers' generator wrote`);
  return { folder: at, parts, meta: json('meta.json') ?? {}, oracle: json('oracle.json'), isOwn: own };
}

/** The records of one file, some hundreds at a time, as a consumer would get them. */
export function* recordsOf({ folder }, part, bytes = 1 << 18) {
  const file = openSync(join(folder, `part-${part}.ndjson`), 'r');
  let rest = Buffer.alloc(0);
  let offset = 0;
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(bytes);
      const read = readSync(file, chunk, 0, bytes, null);
      if (read === 0) return;
      const all = rest.length === 0 ? chunk.subarray(0, read) : Buffer.concat([rest, chunk.subarray(0, read)]);
      const records = [];
      let from = 0;
      for (let end = all.indexOf(10); end >= 0; end = all.indexOf(10, from)) {
        records.push({ offset: offset++, timestamp_ms: RECEIVED_MS, key: null, value: all.subarray(from, end) });
        from = end + 1;
      }
      rest = all.subarray(from);
      yield records;
    }
  } finally {
    closeSync(file);
  }
}

/** After every event: nothing is dated ahead. */
const RECEIVED_MS = Date.UTC(2035, 0, 1);

function generated(clicks) {
  let seed = 42;
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed / 2 ** 32;
  };
  const skewed = (limit) => Math.floor(limit * random() ** 2);
  const hex = (digits) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const padded = (letter, number, digits) => letter + String(number).padStart(digits, '0');
  const start_ms = Date.UTC(2025, 2, 2, 16);
  const span_ms = 3 * 86_400_000;
  const events = [];
  let orders = 0;
  let duplicates = 0;
  let cost = 0;
  const deliver = (time_ms, fields) => {
    const line = JSON.stringify(fields);
    events.push([time_ms + random() * 60_000, line]);
    if (random() >= 0.01) return;
    duplicates++;
    events.push([time_ms + 60_000 + random() * 600_000, line]);
  };
  for (let i = 0; i < clicks; i++) {
    const time = start_ms + Math.floor(((i + random()) * span_ms) / clicks);
    const item = Math.floor(random() * 2000);
    const who = { user_id: `u${(Math.imul(skewed(clicks / 6) + 1, 0x9e3779b1) >>> 0).toString(16)}` };
    const merchant = item % 200;
    const sold = { merchant_id: padded('m', merchant, 3), item_id: padded('i', item, 5) };
    const where = {
      slot: padded('feed-', Math.floor(random() * 24), 2),
      platform: ['ios', 'android', 'mini', 'pc'][Math.floor(random() * 4)],
    };
    const more = { ...where, city: `city-${Math.floor(random() * 30)}` };
    const cost_minor = 20 + Math.floor(random() * 300);
    cost += cost_minor;
    const ad = {
      ad_id: padded('a', item * 2 + Math.floor(random() * 2), 5),
      campaign_id: padded('c', merchant * 5 + (item % 5), 4),
    };
    const click = {
      event_id: hex(16),
      source: 'sdk-app',
      type: 'click',
      event_time: time,
      ...who,
      ...ad,
      ...sold,
      ...more,
      cost_minor,
    };
    deliver(time, { ...click, amount_minor: 0, currency: 'CNY', request_id: hex(16) });
    if (i % 20 !== 19) continue;
    orders++;
    const later = time + 1000 + Math.floor(random() * 7_200_000);
    const type = random() < 0.5 ? 'order' : 'payment';
    const bought = random() < 0.6 ? sold : { ...sold, item_id: padded('i', merchant, 5) };
    const order = {
      event_id: hex(16),
      source: 'shop',
      type,
      event_time: later,
      ...who,
      ad_id: null,
      campaign_id: null,
      ...bought,
      ...more,
    };
    deliver(later, {
      ...order,
      cost_minor: 0,
      amount_minor: 990 + Math.floor(random() * 200_000),
      currency: 'CNY',
      request_id: hex(16),
    });
  }
  events.sort(([a], [b]) => a - b);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-adjoin-'));
  for (const part of [0, 1]) {
    const lines = events.flatMap(([, line], i) => (i % 2 === part ? [`${line}\n`] : []));
    writeFileSync(join(folder, `part-${part}.ndjson`), lines.join(''));
  }
  writeFileSync(
    join(folder, 'meta.json'),
    JSON.stringify({ clicks, conversions: orders, duplicates, events: events.length, cost }),
  );
  return folder;
}
