import { ManualClock, MemoryLog } from '@millrace/adapters/memory';
import { openChdbStore } from '@millrace/adapters/chdb';
import {
  CONVERSION_TABLE,
  createTable,
  DEFAULT_RULES,
  LATE_TABLE,
  METRICS,
  metricTable,
  PROGRESS,
  REJECTED_TABLE,
  TOPICS,
  versionOf,
} from '@millrace/ads';
import { createApp, makeKey, parseKeys } from '@millrace/layer-app';
import type { OlapStore } from '@millrace/stream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockOf } from '../written-rows';
import { canFuzz, fuzz, installFuzzer } from './schemathesis';

/** The running service against its own OpenAPI document, over the engine that answers. Needs Python; MILLRACE_FUZZ_EXAMPLES: cases per operation. */

const EXAMPLES = Number(process.env['MILLRACE_FUZZ_EXAMPLES'] ?? 10);
const WHOLE_MS = 300_000;
const DAY_11 = Date.parse('2014-11-11T00:00:00+08:00');

const directory = mkdtempSync(join(tmpdir(), 'millrace-fuzz-'));
const operator = makeKey();
let olap: OlapStore;
let app: ReturnType<typeof createApp>;
let address: string;

const whenPossible = canFuzz() ? describe : describe.skip;

whenPossible('schemathesis', () => {
  beforeAll(async () => {
    await installFuzzer();
    olap = await openChdbStore(directory);
    const metrics = metricTable(METRICS);
    for (const table of [metrics, CONVERSION_TABLE, REJECTED_TABLE, LATE_TABLE]) await olap.command(createTable(table));
    const row = { partition: 0, version: versionOf(1, 5) };
    await olap.insert([
      blockOf(metrics, [
        { ...row, window: PROGRESS, watermark: DAY_11 + 86_400_001 },
        {
          ...row,
          grain: 'all',
          window: 'day',
          basis: 'conversion',
          model: 'last',
          window_start: DAY_11,
          clicks: 3,
          orders_direct: 1,
        },
      ]),
    ]);
    await olap.insert([
      blockOf(CONVERSION_TABLE, [
        {
          conversion_id: 'order-1',
          order_id: 'order-1',
          kind: 'order',
          attribution: 'organic',
          model: 'last',
          credit_micro: 1_000_000,
          sign: 1,
          event_id: 'o-1',
          event_time: DAY_11,
          ingest_time: DAY_11,
        },
      ]),
    ]);
    const clock = new ManualClock(DAY_11 + 3 * 86_400_000);
    const log = new MemoryLog(clock);
    for (const topic of [TOPICS.http, TOPICS.fact]) await log.ensure(topic, 1);
    app = createApp({
      olap,
      log,
      clock,
      rules: DEFAULT_RULES,
      keys: parseKeys({
        keys: [
          {
            name: 'fuzzer',
            hash: operator.hash,
            rights: ['read', 'write', 'operate'],
            merchants: 'all',
            requests_per_minute: 1_000_000,
          },
        ],
      }).keys,
      health: () => ({ ready: true, reasons: [] }),
      metricsText: async () => '# TYPE millrace_up gauge\nmillrace_up 1\n',
    });
    address = await app.listen({ host: '127.0.0.1', port: 0 });
  }, WHOLE_MS);

  afterAll(async () => {
    app.server.closeAllConnections();
    await app.close();
    await olap.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test(
    'finds no answer that the document does not describe',
    async () => {
      const { passed, report } = await fuzz({
        document: `${address}/docs/json`,
        key: operator.key,
        seed: 1,
        examples: EXAMPLES,
        without: ['/v1/metrics/stream'],
      });
      // The whole report, for it has the requests with which to do it again.
      if (!passed) throw new Error(report);
      expect(report).toMatch(/Tested: [1-9]/);
    },
    WHOLE_MS,
  );
});
