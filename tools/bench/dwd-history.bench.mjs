// Does what an event costs in DWD rise with the history that lies behind it?
//
// Method: four windows, one after the other, of 250 000 clicks and 25 000 orders each, through one operator (Actions over SegmentedClicks)
// without frames or I/O, the events made beforehand; 20 000 users, of whom the first has a tenth of everything. A window is as long as a
// click is kept, so from the second on the state is as large as it gets and what comes in is as much as what is forgotten. Reported for each
// window: CPU time of this process (user and system: other processes do not count, but they do take its caches) per event, and what is held
// at its end. A quarter of a window is run before that, to warm up. The last three lines are floods of one user on a thousand ads:
// ascending, backwards, and in one millisecond, where a repeated click is looked for among up to a thousand others.
//
// Run: node tools/bench/dwd-history.bench.mjs
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const CLICKS = 250_000;
const WINDOWS = 4;
const PIECE = 5_000;
const STEP_MS = Math.floor((20 * 86_400_000) / CLICKS);
const START = Date.UTC(2025, 2, 3);

const { createDwd, DEFAULT_RULES } = await compiled();
const B = DEFAULT_RULES.lateness_ms;
const absent = { currency: null, event_version: 1, city: null, platform: null, request_id: null, sequence: null, extra: null };

let seed = 1;
const random = (below) => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8) % below;
const user = () => (random(10) === 0 ? 'u0' : `u${random(20_000)}`);
const click = (n, time, user_id) => {
  const ad = random(1_000);
  const [merchant_id, campaign_id, ad_id, item_id] = [`m${ad % 100}`, `c${ad % 300}`, `a${ad}`, `i${ad % 500}`];
  return {
    ...absent,
    type: 'click',
    source: 's',
    event_id: `click-${n}`,
    event_time: time,
    ingest_time: time,
    user_id,
    merchant_id,
    campaign_id,
    ad_id,
    item_id,
    slot: null,
    cost_minor: 7,
  };
};
const order = (n, time, user_id) => {
  const item = random(500);
  return {
    ...absent,
    type: 'order',
    source: 's',
    event_id: `order-${n}`,
    event_time: time,
    ingest_time: time,
    user_id,
    merchant_id: `m${item % 100}`,
    item_id: `i${item}`,
    order_id: `o${n}`,
    amount_minor: 999,
    quantity: null,
  };
};

const driven = () => {
  const operator = createDwd({ rules: DEFAULT_RULES }).create({ topic: 'ods.action', partition: 0 });
  let watermark_ms = -Infinity;
  let rows = 0;
  const out = { emit: () => rows++ };
  const take = (event) => {
    if (event.event_time - B > watermark_ms) operator.advance((watermark_ms = event.event_time - B), out);
    operator.process(event, watermark_ms, out);
  };
  return { operator, take, settle: () => operator.settle(out), rows: () => rows };
};
/** CPU time of taking the events, in µs; they are made before, a piece at a time. */
const cost = ({ take, settle }, count, eventsAt) => {
  let spent = 0;
  for (let first = 0; first < count; first += PIECE) {
    const events = [];
    for (let n = first; n < Math.min(count, first + PIECE); n++) events.push(...eventsAt(n));
    const before = process.cpuUsage();
    for (const event of events) take(event);
    settle();
    const { user, system } = process.cpuUsage(before);
    spent += user + system;
  }
  return spent;
};
const traffic = (from) => (n) => {
  const time = START + (from + n) * STEP_MS;
  return n % 10 === 0 ? [click(from + n, time, user()), order(from + n, time, user())] : [click(from + n, time, user())];
};
cost(driven(), CLICKS / 4, traffic(0));

const one = driven();
for (let w = 0; w < WINDOWS; w++) {
  const us = cost(one, CLICKS, traffic(w * CLICKS)) / (CLICKS * 1.1);
  const { entries, bytes } = one.operator.state;
  console.log(`window ${w + 1}: ${us.toFixed(2)} µs per event   ${entries} entries, ${(bytes / 2 ** 20).toFixed(0)} MiB`);
}

const FLOOD = 100_000;
const flood = (name, at) => {
  const us = cost(driven(), FLOOD, (n) => [click(n, START + at(n), 'u0')]);
  console.log(`${FLOOD} clicks of one user, ${name}: ${(us / FLOOD).toFixed(2)} µs per click`);
};
flood('ascending', (n) => n * 100);
flood('backwards', (n) => (FLOOD - n) * 100);
flood('in one millisecond', () => 0);

async function compiled() {
  const root = join(fileURLToPath(import.meta.url), '../../..');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const outfile = join(folder, 'dwd.mjs');
  try {
    await build({
      stdin: {
        contents: "export * from '@millrace/layer-dwd'; export { DEFAULT_RULES } from '@millrace/ads';",
        resolveDir: root,
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
