// What snapshots cost and what they save.
//
// Method: one partition of an input after the other, through the real task (decoding of frames included, 500 rows each, made beforehand and
// not timed) and the real layer; a snapshot every 200 000 events, which is 10 s at 20 000 events a second. As in the checkpoint, parts whose
// revision has not changed are not captured; the others are captured at one go (the stop: the lesser of its wall and CPU time, since others share the machine), then
// summed with CRC-32, written to files and fsynced. At the end everything is read back, summed, and restored into a fresh operator. Clicks
// are spread over 17 days, exposures over 4, so what the rules forget is forgotten. CPU is user + system of this process, garbage collection
// included; times of a machine that does other things too. "cold" is the CPU of decoding and taking the same events: what a rebuild from
// the log costs, without reading it. Memory is the growth of heap and array buffers after a full collection.
//
// Check: what the fresh operator would save is, part by part, what was read.
//
//   node tools/bench/recovery.bench.mjs [--json] [millions of clicks] [millions of exposures] [thousands of orders] [thousands of facts]
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const [CLICKS = 1, EXPOSURES = 1, ORDERS = 100, FACTS = 500] = process.argv
  .slice(2)
  .filter((argument) => argument !== '--json')
  .map(Number);
const JSON_LINES = process.argv.includes('--json');
const SNAPSHOT_EVERY = 200_000;
const FRAME_ROWS = 500;
const START = Date.UTC(2025, 2, 3);
const DAY = 86_400_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
const { createDwd, createDws, DEFAULT_RULES, LoadedParts, MsgpackFrameCodec, PartitionTask, TOPICS, FileVolume, checksum } =
  await compiled();
const codec = new MsgpackFrameCodec();

let seed = 1;
const below = (limit) => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8) % limit;
const USERS = 200_000;
const COMMON = { source: 'events', currency: null, event_version: 1, extra: null };
const adEvent = (type) => (n, time) => {
  const ad = below(1_000);
  const names = { merchant_id: `m${ad % 50}`, campaign_id: `c${ad % 200}`, ad_id: `a${ad}`, item_id: `i${below(5_000)}` };
  const id = { type, event_id: `${type}-${n}`, user_id: `user-${below(USERS)}` };
  return { ...COMMON, ...id, event_time: time, ingest_time: time, ...names, cost_minor: below(500) };
};
const order = (n, time) => {
  const names = { order_id: `o${n}`, merchant_id: `m${below(50)}`, item_id: `i${below(5_000)}` };
  const id = { type: 'order', event_id: `order-${n}`, user_id: `user-${below(USERS)}` };
  return { ...COMMON, ...id, event_time: time, ingest_time: time, ...names, amount_minor: 900 };
};
const fact = (n, time) => {
  const ad = below(5_000);
  const names = { merchant_id: `m${ad % 50}`, campaign_id: `c${ad % 200}`, ad_id: `a${ad}`, item_id: `i${below(5_000)}` };
  const credit = { attribution: null, model: 'last', credit_micro: 1_000_000, order_time: null, order_id: null, channel: null };
  const click = {
    click_source: null,
    click_id: null,
    click_time: null,
    orphan: false,
    version: 0,
    currency: 'CNY',
    rate_id: null,
  };
  const id = { kind: 'click', sign: 1, source: 's', event_id: `c${n}`, user_id: 'u', event_time: time, ingest_time: time };
  return { ...id, ...names, amount_minor: 3, original_minor: 3, uv: below(32), ...credit, ...click };
};

const dwd = () => createDwd({ rules: DEFAULT_RULES });
const dws = () => createDws({ rules: DEFAULT_RULES });
await measure('clicks', dwd, TOPICS.action, CLICKS * 1e6, 17, adEvent('click'));
await measure('exposures', dwd, TOPICS.exposure, EXPOSURES * 1e6, 4, adEvent('exposure'));
await measure('orders', dwd, TOPICS.action, ORDERS * 1e3, 14, order);
await measure('facts', dws, TOPICS.fact, FACTS * 1e3, 1, fact);
rmSync(folder, { recursive: true });

async function measure(name, layer, topic, count, days, eventAt) {
  if (count === 0) return;
  const input = { topic, partition: 0 };
  const source = { topic: 'raw.bench', partition: 0 };
  const partitions = () => 1;
  const fresh = () => new PartitionTask({ layer: layer(), input, writers: ['bench'], codec, partitions, partitioner: () => 0 });
  const volume = new FileVolume(join(folder, name));
  const before = memory();
  const task = fresh();
  const { operator } = task;
  const spent = { work: 0, snapshots: 0 };
  const stops = [];
  let saved = new Map();
  let [position, written, emission] = [0, 0, null];
  for (let n = 0; n < count;) {
    const records = [];
    for (const end = Math.min(count, n + SNAPSHOT_EVERY); n < end;) {
      const rows = [];
      const offsets = [];
      for (const last = Math.min(end, n + FRAME_ROWS); n < last; n++) {
        rows.push(eventAt(n, START + Math.floor((n / count) * days * DAY)));
        offsets.push(n);
      }
      const columns = { ordinals: rows.map(() => 0), clocks: rows.map(({ event_time }) => event_time) };
      // One read of a log: what a batch is.
      records.push({
        offset: position++,
        timestamp_ms: 0,
        key: null,
        value: codec.encode({ source, rows, offsets, ...columns }),
      });
    }
    spent.work += cpu(() => {
      for (const record of records) {
        task.run([record]);
        task.take(false);
      }
      if (emission !== null) operator.acknowledge(emission);
      emission = operator.collect?.(position) ?? null;
    });
    const began = process.cpuUsage();
    const clock = performance.now();
    const capturing = process.cpuUsage();
    const captured = operator.snapshot().map((part) => {
      const held = saved.get(part.name);
      return held !== undefined && part.revision !== null && held.revision === part.revision
        ? held
        : { ...part, chunks: part.capture() };
    });
    stops.push(Math.min(elapsed(capturing), performance.now() - clock));
    for (const part of captured) {
      if (part.chunks === undefined) continue;
      part.sum = part.chunks.reduce((previous, chunk) => checksum(chunk, previous), 0);
      part.bytes = part.chunks.reduce((sum, { length }) => sum + length, 0);
      written += part.bytes;
      await volume.write(`${part.name}@${position}`, part.chunks);
      await volume.sync(`${part.name}@${position}`);
      part.file = `${part.name}@${position}`;
      delete part.chunks;
    }
    spent.snapshots += elapsed(began);
    saved = new Map(captured.map((part) => [part.name, part]));
  }
  const grown = memory() - before;
  const sizes = [...saved.values()].reduce((sums, part) => {
    const kind = part.name.split('.')[0];
    return { ...sums, [kind]: (sums[kind] ?? 0) + part.bytes };
  }, {});
  const bytes = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  const parts = [...saved.values()];

  const clock = performance.now();
  const began = process.cpuUsage();
  const contents = new Map();
  for (const { name: part, file, sum } of parts) {
    const content = await volume.get(file);
    if (checksum(content) !== sum) throw new Error(`${file} is not what was written`);
    contents.set(part, content);
  }
  const read = performance.now() - clock;
  const restored = fresh().operator;
  restored.restore(new LoadedParts(contents), operator.layout);
  const [loaded, loadCpu] = [performance.now() - clock, elapsed(began)];

  const again = new Map(
    restored.snapshot().map((part) => [part.name, part.capture().reduce((previous, chunk) => checksum(chunk, previous), 0)]),
  );
  const correct = again.size === parts.length && parts.every((part) => again.get(part.name) === part.sum);
  if (!correct) {
    console.error(`recovery: void, ${name} restored are not what was saved`);
    process.exitCode = 1;
  }

  const share = (spent.snapshots / (spent.work + spent.snapshots)) * 100;
  const perMillion = (ms) => `${((ms / count) * 1e3).toFixed(2)} s per million`;
  const per = (size) => (size / count).toFixed(1);
  stops.sort((a, b) => a - b);
  if (JSON_LINES) {
    const each = (ms) => (ms * 1e3) / count;
    const stages = { cold: each(spent.work), load: each(loaded), 'load, CPU': each(loadCpu), snapshots: each(spent.snapshots) };
    const per_gb = { cold_s: (spent.work / bytes) * 1e6, load_s: (loaded / bytes) * 1e6, load_cpu_s: (loadCpu / bytes) * 1e6 };
    const line = {
      bench: 'recovery',
      what: name,
      us_per_event: each(loadCpu),
      ms: loaded,
      events: count,
      correct,
      bytes,
      stages,
    };
    console.log(JSON.stringify({ ...line, per_gb, longest_stop_ms: stops.at(-1), node: process.version, arch: process.arch }));
    return;
  }
  console.log(`${count} ${name}, ${stops.length} snapshots, ${correct ? 'restored as saved' : 'VOID'}`);
  console.log(`  cold      ${perMillion(spent.work)} of CPU; ${((spent.work / bytes) * 1e6).toFixed(1)} s per GB of state`);
  console.log(
    `  load      ${perMillion(loaded)} (${perMillion(loadCpu)} of CPU); ${((loaded / bytes) * 1e6).toFixed(1)} s per GB; ${loaded.toFixed(0)} ms, ${read.toFixed(0)} of them reading ${parts.length} parts`,
  );
  console.log(`  stops     longest ${stops.at(-1).toFixed(1)} ms, median ${stops[stops.length >> 1].toFixed(1)} ms`);
  console.log(
    `  snapshots ${share.toFixed(1)} % of CPU (${spent.snapshots.toFixed(0)} ms); ${(written / 1e6).toFixed(0)} MB written for ${(bytes / 1e6).toFixed(0)} MB that stand`,
  );
  console.log(
    `  bytes     in a snapshot ${per(bytes)} per event (${Object.entries(sizes)
      .map(([kind, size]) => `${kind} ${per(size)}`)
      .join(', ')})`,
  );
  const stores = ['store', 'users', 'identities'].filter((field) => operator[field]?.bytes > 0);
  const held = stores.map((field) => `${field} ${per(operator[field].bytes)}`).join(', ');
  console.log(`            in memory ${per(grown)} per event${held === '' ? '' : ` (${held} of them outside the heap)`}`);
}

function memory() {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
function elapsed(began) {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}
function cpu(work) {
  const began = process.cpuUsage();
  work();
  return elapsed(began);
}

async function compiled() {
  const outfile = join(folder, 'layers.cjs');
  const names = ['layer-dwd', 'layer-dws', 'ads', 'adapters/file', 'adapters/msgpack', 'stream'];
  const contents = names.map((each) => `export * from '@millrace/${each}';`).join('\n');
  const stdin = { contents, resolveDir: process.cwd() };
  await build({ stdin, bundle: true, platform: 'node', format: 'cjs', outfile, logLevel: 'error' });
  return createRequire(import.meta.url)(outfile);
}
