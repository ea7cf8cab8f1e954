// What does a valid event cost beyond parsing its JSON?
//
// Method: 1 000 different events (exposures, clicks, orders, as in the seeded traffic: 12 to 14 fields, one unknown), 300 times over per
// round. Each round runs the candidates one after the other, so that a slow moment of the machine hits all of them; the first two rounds
// warm up and are not counted; reported is the median of the seven that follow, in ns per event of one core.
//
// Run: node tools/bench/validate.bench.mjs
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';

const WARM_UP = 2;
const ROUNDS = 7;
const REPEATS = 300;

const { compileValidator, isRejection, createOds, DEFAULT_RULES } = await compiled();
const texts = Array.from({ length: 1000 }, (_, i) => JSON.stringify(eventOf(i)));
const bytes = texts.map((text) => new TextEncoder().encode(text));
const objects = texts.map((text) => JSON.parse(text));
const now = 1_800_000_000_000;
const validate = compileValidator({ base_currency: 'CNY' });
const events = { name: 'events', format: { type: 'json' }, mappings: [{ identity: true }] };
const from = { topic: 'raw.events', partition: 0 };
const ods = createOds({ sources: [events], rules: DEFAULT_RULES }).create(from);
let emitted = 0;
const out = { emit: () => emitted++ };

const candidates = {
  'JSON.parse': (i) => JSON.parse(texts[i]).event_id.length,
  'validate (parsed before)': (i) => {
    const event = validate(objects[i], now);
    if (isRejection(event)) throw new Error(JSON.stringify(event));
    return event.event_id.length;
  },
  'ODS: bytes to emitted event': (i) => ods.process({ offset: i, timestamp_ms: now, key: null, value: bytes[i] }, from, out),
};

const results = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
let sink = 0;
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
  for (const [name, run] of Object.entries(candidates)) {
    const start = performance.now();
    for (let repeat = 0; repeat < REPEATS; repeat++) for (let i = 0; i < texts.length; i++) sink += run(i);
    const ns = ((performance.now() - start) * 1e6) / (REPEATS * texts.length);
    if (round >= WARM_UP) results[name].push(ns);
  }
}
if (sink === 0 || emitted === 0) throw new Error('nothing was done');
for (const [name, values] of Object.entries(results)) {
  const sorted = values.sort((a, b) => a - b);
  const [low, median, high] = [sorted[0], sorted[ROUNDS >> 1], sorted[ROUNDS - 1]].map(Math.round);
  console.log(`${name.padEnd(30)} ${String(median).padStart(6)} ns   (${low} to ${high})`);
}

function eventOf(i) {
  const envelope = {
    event_id: `e-${1_000_000 + i}`,
    source: 'web',
    event_time: 1_700_000_000_000 + i,
    user_id: `u${i % 97}`,
    city: 'Shanghai',
    platform: 'ios',
  };
  const placement = {
    ad_id: `a${i % 20}`,
    campaign_id: `c${i % 7}`,
    merchant_id: `m${i % 5}`,
    item_id: `i${i % 31}`,
    slot: 'top',
  };
  if (i % 3 === 0) return { type: 'exposure', ...envelope, ...placement, bid: i };
  if (i % 3 === 1) return { type: 'click', ...envelope, ...placement, cost_minor: 12, request_id: `r${i}` };
  const order = { order_id: `o${i}`, item_id: `i${i % 31}`, merchant_id: `m${i % 5}`, amount_minor: 1999, quantity: 1 };
  return { type: 'order', ...envelope, ...order, event_time: new Date(1_700_000_000_000 + i).toISOString() };
}

async function compiled() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    const resolveDir = fileURLToPath(new URL('../..', import.meta.url));
    const contents = `export { compileValidator, isRejection, DEFAULT_RULES } from '@millrace/ads'; export { createOds } from '@millrace/layer-ods';`;
    const outfile = join(folder, 'bench.mjs');
    await build({ stdin: { contents, resolveDir }, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
