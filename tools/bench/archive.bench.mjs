// What a row costs the archive and DWS, client's side: decoding the frame, taking it in, encoding the block as RowBinary.
//   node tools/bench/archive.bench.mjs [EVENTS, default 100000]
// Method: frames of 500 made-up rows, as they would stand in the log, are read by the archive and by DWS in turn, five times each
// in one process, with an emission every 20 000 rows. The first round of each is warming up; the best of the others is told,
// because the machine is shared. Processor time, user and system; the server's part is not in it.
import { build } from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const workspace = fileURLToPath(new URL('../..', import.meta.url));
/** Our own packages go in, npm's stay outside. */
const ours = {
  name: 'npm packages stay outside',
  setup(builder) {
    builder.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@millrace/') ? undefined : { path, external: true },
    );
  },
};
const directory = mkdtempSync(join(workspace, 'node_modules/.cache-bench-'));
try {
  const outfile = join(directory, 'parts.cjs');
  const entry = join(directory, 'parts.ts');
  const libs = join(workspace, 'libs');
  writeFileSync(
    entry,
    `export * from '${libs}/adapters/src/msgpack';
     export * from '${libs}/adapters/src/clickhouse/rowbinary';
     export { DEFAULT_RULES, TOPICS } from '${libs}/ads/src';
     export { createArchive } from '${libs}/layers/archive/src';
     export { createDws } from '${libs}/layers/dws/src';
     export { PartitionTask } from '${libs}/stream/src';`,
  );
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    plugins: [ours],
    logLevel: 'warning',
  });
  run(createRequire(outfile)(outfile));
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function run({ createArchive, createDws, DEFAULT_RULES, MsgpackFrameCodec, PartitionTask, RowBinaryEncoder, TOPICS }) {
  const EVENTS = Number(process.argv[2] ?? 100_000);
  const FRAME_ROWS = 500;
  const EMIT_EVERY = 40; // frames: 20 000 rows, about a second of traffic
  const START = Date.UTC(2025, 2, 3);
  const codec = new MsgpackFrameCodec();
  const encoder = new RowBinaryEncoder();
  let seed = 1;
  const below = (limit) => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8) % limit;
  const ids = () => {
    const ad = below(5_000);
    return { merchant_id: `m${ad % 50}`, campaign_id: `c${ad % 200}`, ad_id: `a${ad}`, item_id: `i${below(5_000)}` };
  };
  const event = (type) => (n) => {
    const time = START + n * 10;
    const envelope = {
      type,
      event_id: `${type}-${n}`,
      source: 'web',
      event_time: time,
      user_id: `user-${below(200_000)}`,
      currency: null,
    };
    const rest = { event_version: 1, schema_version: null, city: 'Aachen', platform: 'ios', request_id: null, sequence: null };
    return { ...envelope, ...rest, ...ids(), slot: 'top', cost_minor: below(500), ingest_time: time, extra: null };
  };
  const fact = (n) => {
    const time = START + n * 10;
    const id = {
      kind: 'click',
      sign: 1,
      source: 'web',
      event_id: `click-${n}`,
      user_id: `user-${below(200_000)}`,
      event_time: time,
      ingest_time: time,
    };
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
    return { ...id, ...ids(), amount_minor: 3, original_minor: 3, uv: below(32), ...credit, ...click };
  };
  const candidates = [
    ['archive of ods.exposure', () => createArchive(), TOPICS.exposure, event('exposure')],
    ['archive of dwd.fact', () => createArchive(), TOPICS.fact, fact],
    ['DWS of dwd.fact', () => createDws({ rules: DEFAULT_RULES }), TOPICS.fact, fact],
  ].map(([name, layer, topic, rowAt]) => ({ name, layer, topic, records: framesOf(rowAt), costs: [], rows: 0 }));

  for (let round = 0; round < 5; round++) {
    for (const candidate of candidates) {
      const { layer, topic, records } = candidate;
      const input = { topic, partition: 0 };
      const task = new PartitionTask({
        layer: layer(),
        input,
        writers: ['bench'],
        codec,
        partitions: () => 1,
        partitioner: () => 0,
      });
      let rows = 0;
      const before = process.cpuUsage();
      for (let i = 0; i < records.length; i += EMIT_EVERY) {
        task.run(records.slice(i, i + EMIT_EVERY));
        const emission = task.operator.collect(task.position, 1);
        if (emission === null) continue;
        for (const block of emission.blocks) {
          encoder.encode([block]);
          rows += block.rows;
        }
        task.operator.acknowledge(emission);
      }
      const { user, system } = process.cpuUsage(before);
      candidate.rows = rows;
      if (round > 0) candidate.costs.push(user + system);
    }
  }
  for (const { name, costs, rows } of candidates) {
    const best = Math.min(...costs);
    console.log(
      `${name}: ${(best / rows).toFixed(2)} µs a row written, ${(best / EVENTS).toFixed(2)} µs a row read (${rows} rows of ${EVENTS})`,
    );
  }

  function framesOf(rowAt) {
    const records = [];
    for (let n = 0; n < EVENTS;) {
      const rows = [];
      const offsets = [];
      for (const end = Math.min(EVENTS, n + FRAME_ROWS); n < end; n++) {
        rows.push(rowAt(n));
        offsets.push(n);
      }
      const columns = { ordinals: rows.map(() => 0), clocks: rows.map(({ event_time }) => event_time) };
      const value = codec.encode({ source: { topic: 'raw.bench', partition: 0 }, rows, offsets, ...columns });
      records.push({ offset: records.length, timestamp_ms: 0, key: null, value });
    }
    return records;
  }
}
