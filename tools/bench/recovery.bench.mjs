// What a snapshot costs, and what it saves: time that a capture stops the loop (the first, and one after 1 % more events),
// bytes, time to restore, and the time that the same events take from the log (the operator alone, without decoding).
//   node tools/bench/recovery.bench.mjs [millions of clicks] [millions of exposures] [thousands of orders]
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [CLICKS = 1, EXPOSURES = 1, ORDERS = 100] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
const outfile = join(folder, 'layers.cjs');
await build({
  stdin: {
    contents: `export * from '@millrace/layer-dwd'; export * from '@millrace/ads'; export { LoadedParts } from '@millrace/stream';`,
    resolveDir: process.cwd(),
  },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outfile,
});
const { createDwd, DEFAULT_RULES, LoadedParts, TOPICS } = createRequire(import.meta.url)(outfile);
rmSync(folder, { recursive: true });

const SILENT = { emit: () => undefined };
const START = Date.UTC(2025, 2, 3);
const DAY = 86_400_000;
const DAYS = 17;
let seed = 1;
const below = (limit) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
const COMMON = { source: 'events', currency: null, event_version: 1, extra: null };
const adEvent = (type, n, time) => {
  const ad = below(1_000);
  const [merchant_id, campaign_id, ad_id] = [`m${ad % 50}`, `c${ad % 200}`, `a${ad}`];
  return {
    ...COMMON,
    type,
    event_id: `${type}-${n}`,
    user_id: `user-${below(200_000)}`,
    event_time: time,
    ingest_time: time,
    merchant_id,
    campaign_id,
    ad_id,
    item_id: `i${below(5_000)}`,
    cost_minor: below(500),
  };
};
const order = (n, time) => ({
  ...COMMON,
  type: 'order',
  event_id: `order-${n}`,
  user_id: `user-${below(200_000)}`,
  event_time: time,
  ingest_time: time,
  order_id: `o${n}`,
  merchant_id: `m${below(50)}`,
  item_id: `i${below(5_000)}`,
  amount_minor: 900,
});

/** Processor time, garbage collection included: other work on the machine does not count. */
const ms = (work) => {
  const began = process.cpuUsage();
  const answer = work();
  const { user, system } = process.cpuUsage(began);
  return [(user + system) / 1000, answer];
};

function measure(name, topic, count, eventAt) {
  const fresh = () => createDwd({ rules: DEFAULT_RULES }).create({ topic, partition: 0 });
  const operator = fresh();
  const feed = (from, to) => {
    for (let n = from; n < to; n++) operator.process(eventAt(n), -Infinity, SILENT);
    operator.settle(SILENT);
  };
  const [added] = ms(() => feed(0, count));
  const held = new Map();
  const capture = () => {
    let bytes = 0;
    let parts = 0;
    for (const { name: part, revision, capture } of operator.snapshot()) {
      if (revision !== null && held.get(part)?.revision === revision) continue;
      const chunks = capture();
      parts++;
      bytes += chunks.reduce((sum, { length }) => sum + length, 0);
      held.set(part, { revision, chunks });
    }
    return `${parts} parts, ${(bytes / 1e6).toFixed(1)} MB`;
  };
  const [first, all] = ms(capture);
  feed(count, Math.ceil(count * 1.01));
  const [again, changed] = ms(capture);
  const parts = new LoadedParts(new Map([...held].map(([part, { chunks }]) => [part, Buffer.concat(chunks)])));
  const [restored] = ms(() => fresh().restore(parts, operator.layout));
  console.log(
    `${name}: from the events ${added.toFixed(0)} ms; first capture ${first.toFixed(0)} ms (${all}); after 1 % more ${again.toFixed(0)} ms (${changed}); restored in ${restored.toFixed(0)} ms`,
  );
}

const timeOf = (n, count, days) => START + Math.floor((n / (count * 1.01)) * days * DAY);
measure(`${CLICKS} M clicks`, TOPICS.action, CLICKS * 1e6, (n) => adEvent('click', n, timeOf(n, CLICKS * 1e6, DAYS)));
measure(`${EXPOSURES} M exposures`, TOPICS.exposure, EXPOSURES * 1e6, (n) =>
  adEvent('exposure', n, timeOf(n, EXPOSURES * 1e6, 4)),
);
measure(`${ORDERS} k orders`, TOPICS.action, ORDERS * 1e3, (n) => order(n, timeOf(n, ORDERS * 1e3, 15)));
