import { DEFAULT_RULES, type Fact, GRAINS, TOPICS } from '@millrace/ads';
import { createArchive } from '@millrace/layer-archive';
import { createDwd } from '@millrace/layer-dwd';
import { createDws } from '@millrace/layer-dws';
import { cellOf, type RecoveryEvent, Runner, type TopicPartition } from '@millrace/stream';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksum, MemoryEngine, MemoryVolume } from '../driver/memory-engine';
import { odsRow } from '../proof/rows';
import type { OracleEvent } from '../oracle';

/**
 * Snapshots that an earlier version wrote are read by this one. When a layout is raised, the new version's file is written
 * beside the old ones with MILLRACE_WRITE_STATE=<name>, and stays there for good.
 */
const FILES = ['state-1.json', 'state-2.json', 'state-3.json', 'state-4.json'];
const fileOf = (name: string): string => join(__dirname, '../../fixtures', name);

const DAY = Date.UTC(2025, 2, 3, 4);
const AD = { user_id: 'u', source: 's', merchant_id: 'm', campaign_id: 'c', item_id: 'i', cost_minor: 7 };
const LINE = { user_id: 'u', source: 's', merchant_id: 'm', item_id: 'i', order_id: 'o', amount_minor: 900 };
const event = (fields: object): OracleEvent => fields as OracleEvent;

/** What is in the state: two clicks, one of them invalid, an order that the other has won, exposures. */
const BEFORE = [
  event({ ...AD, type: 'exposure', event_id: 'e1', ad_id: 'a', event_time: DAY }),
  event({ ...AD, type: 'exposure', event_id: 'e2', ad_id: 'b', event_time: DAY + 1 }),
  event({ ...AD, type: 'click', event_id: 'c1', ad_id: 'a', event_time: DAY + 10_000 }),
  event({ ...AD, type: 'click', event_id: 'c2', ad_id: 'b', event_time: DAY + 20_000 }),
  event({
    type: 'invalidate',
    source: 's',
    event_id: 'x1',
    user_id: 'u',
    event_time: DAY + 25_000,
    target_type: 'click',
    target_source: 's',
    target_id: 'c2',
  }),
  event({ ...LINE, type: 'order', event_id: 'o1', event_time: DAY + 30_000 }),
];
/** What only the state can answer. */
const AFTER = [
  event({ ...AD, type: 'click', event_id: 'c1', ad_id: 'a', event_time: DAY + 10_000 }),
  event({ ...LINE, type: 'payment', event_id: 'p1', event_time: DAY + 40_000 }),
  event({
    type: 'invalidate',
    source: 's',
    event_id: 'x2',
    user_id: 'u',
    event_time: DAY + 50_000,
    target_type: 'exposure',
    target_source: 's',
    target_id: 'e2',
  }),
  // On the ad of the click that is invalid, and on that of the other: whose user is new to which?
  event({ ...AD, type: 'click', event_id: 'c3', ad_id: 'b', event_time: DAY + 60_000 }),
  event({ ...AD, type: 'click', event_id: 'c4', ad_id: 'a', event_time: DAY + 70_000 }),
];
const UV_OF_AD = GRAINS.find(({ name }) => name === 'ad')?.uv_bit;

class Bench {
  readonly engine = new MemoryEngine();
  readonly volume = new MemoryVolume();
  readonly dwd = createDwd({ rules: DEFAULT_RULES });
  readonly restored: string[] = [];

  async append(topic: string, ...rows: readonly object[]): Promise<void> {
    const { log, codec } = this.engine;
    for (const row of rows) {
      const to: TopicPartition = { topic, partition: 0 };
      const offset = (await log.bounds(to)).end;
      const source = { topic: 'raw.test', partition: 0 };
      const frame = { source, rows: [row], offsets: [offset], ordinals: [0], clocks: [DAY] };
      await log.append([{ to, records: [{ value: codec.encode(frame) }] }]);
    }
  }

  async run(events: readonly OracleEvent[]): Promise<void> {
    for (const each of events) {
      const { topic, row } = odsRow({ event: each, deliver_ms: each.event_time + 1_000 });
      await this.append(topic, row);
    }
    const runner = new Runner(
      { ...this.engine.ports(), snapshots: { volume: this.volume, checksum } },
      {
        layers: [this.dwd, createDws({ rules: DEFAULT_RULES }), createArchive()],
        fingerprint: 'rules of the fixture',
        onRecovery: (told: RecoveryEvent) => {
          if (told.kind === 'restored') this.restored.push(`${told.kind} ${told.layer} ${told.input.topic}`);
        },
      },
    );
    const done = runner.run();
    await this.engine.until(Promise.race([runner.drain(), done]));
    await this.engine.until(runner.stop());
  }

  async facts(): Promise<Fact[]> {
    const { log, codec } = this.engine;
    const at = { topic: TOPICS.fact, partition: 0 };
    const { records } = await log.read(at, (await log.bounds(at)).start, 1 << 30);
    return records.flatMap(({ value }) => codec.decode(value ?? new Uint8Array()).rows as Fact[]);
  }

  async ensure(): Promise<this> {
    for (const topic of Object.values(TOPICS)) await this.engine.log.ensure(topic, 1);
    return this;
  }
}

const newName = process.env['MILLRACE_WRITE_STATE'];
if (newName !== undefined) {
  it('writes the state of this version', async () => {
    const bench = await new Bench().ensure();
    await bench.run(BEFORE);
    const files: Record<string, string> = {};
    for (const name of await bench.volume.list(''))
      files[name] = Buffer.from((await bench.volume.get(name)) ?? []).toString('base64');
    writeFileSync(fileOf(newName), `${JSON.stringify(files, null, 1)}\n`);
  });
}

it.each(FILES)('%s is read, and gone on from', async (name) => {
  const bench = await new Bench().ensure();
  const { log } = bench.engine;
  for (const [file, content] of Object.entries(JSON.parse(readFileSync(fileOf(name), 'utf8')) as Record<string, string>)) {
    await bench.volume.write(file, [Buffer.from(content, 'base64')]);
    // The log has forgotten what stands in the snapshot: nothing can come from there.
    const [, topic, position] = /^\w+\/(.+)-0\.1\/manifest@(\d+)/.exec(file) ?? [];
    if (topic === undefined) continue;
    const at = { topic, partition: 0 };
    while ((await log.bounds(at)).end < Number(position)) await bench.append(topic, {});
    await log.truncate(at, Number(position));
  }
  await bench.run(AFTER);
  expect(bench.restored).toEqual([
    `restored dwd ${TOPICS.action}`,
    `restored dwd ${TOPICS.exposure}`,
    `restored dws ${TOPICS.fact}`,
  ]);
  const facts = (await bench.facts()).map(({ kind, sign, event_id, attribution, click_id, ad_id, uv }) => ({
    ...{ kind, sign, event_id, attribution, click_id, ad_id, uv: uv > 0 },
  }));
  expect(facts).toContainEqual({
    kind: 'payment',
    sign: 1,
    event_id: 'p1',
    attribution: 'direct',
    click_id: 'c1',
    ad_id: 'a',
    uv: false,
  });
  expect(facts).toContainEqual({
    kind: 'exposure',
    sign: -1,
    event_id: 'e2',
    attribution: null,
    click_id: null,
    ad_id: 'b',
    uv: true,
  });
  const clicks = (await bench.facts()).filter(({ kind }) => kind === 'click').map(({ event_id, uv }) => [event_id, uv]);
  expect(clicks).toEqual([
    ['c3', UV_OF_AD],
    ['c4', 0],
  ]);
  expect(facts).toHaveLength(4);
  expect(bench.dwd.operators[0]?.counters.duplicates).toBe(1);
  // The day's row of the whole platform, as the store has it last: what was there before, and what came.
  expect(lastRow(bench, { grain: 'all', window: 'day', basis: 'conversion' })).toMatchObject({
    clicks: 3,
    exposures: 1,
    gmv_direct: 900,
    orders_direct: 1,
  });
});

/** The last row with these values that was inserted. */
const lastRow = ({ engine }: Bench, wanted: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined =>
  engine.olap.blocks
    .flatMap(({ columns, values, rows }) =>
      Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(columns.map(({ name }, column) => [name, cellOf(values[column] ?? [], row)])),
      ),
    )
    .findLast((row) => Object.entries(wanted).every(([name, value]) => row[name] === value));
