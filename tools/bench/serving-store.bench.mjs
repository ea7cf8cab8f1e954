// What a changed key costs the client of the serving store (Redis): processor time of this process, packing included.
//   node tools/bench/serving-store.bench.mjs [HOST:PORT of an empty Redis, default 127.0.0.1:26379 (`npm run stack`)]
// Method: 4 000 keys of two partitions with values of 150 B, overwritten in rounds; the first rounds are warming up and do not
// count; best and median of the rest, because the machine is shared. Processor time is user and system.
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const workspace = fileURLToPath(new URL('../..', import.meta.url));
const [host, port] = (process.argv[2] ?? '127.0.0.1:26379').split(':');
const directory = mkdtempSync(join(workspace, 'node_modules/.cache-bench-'));
try {
  const outfile = join(directory, 'redis.cjs');
  const entryPoints = [join(workspace, 'libs/adapters/src/redis/index.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', packages: 'external', logLevel: 'warning' });
  await run(createRequire(outfile)(outfile).RedisServingStore);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function run(RedisServingStore) {
  const KEYS = 4_000;
  const ROUNDS = 60;
  const WARMING = 20;
  const store = new RedisServingStore({ place: { kind: 'single', at: { host, port: Number(port) } } });
  const value = new Uint8Array(150).fill(65);
  const expires_ms = Date.now() + 60_000;
  const entries = (version) =>
    Array.from({ length: KEYS }, (_, i) => ({
      key: `{bench:${i % 2}}:day:campaign:merchant-${i % 97}:campaign-${i}:2026-11-11`,
      version,
      value,
      expires_ms,
    }));
  await store.put(entries(0), true);
  const costs = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const changed = entries(round);
    const before = process.cpuUsage();
    await store.put(changed);
    const { user, system } = process.cpuUsage(before);
    if (round > WARMING) costs.push((user + system) / KEYS);
  }
  await store.close();
  costs.sort((a, b) => a - b);
  console.log(`put: best ${costs[0].toFixed(2)}, median ${costs[costs.length >> 1].toFixed(2)} µs of processor time per changed key`);
}
