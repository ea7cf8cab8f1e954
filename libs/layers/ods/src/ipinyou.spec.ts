import { type Click, DEFAULT_RULES, type Exposure, MAX_RECORD_BYTES } from '@millrace/ads';
import { dataFolder, describeWithData } from '@millrace/testkit';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseSourceDeclaration } from './declaration/parse';
import { splitterOf } from './format/record-splitter';
import { createOds } from './layer';

describeWithData('iPinYou’s bid log through its declaration', () => {
  const { events, counts } = normalized(['ipinyou_imp_20131021_adv2821.tsv.gz', 'ipinyou_clk_20131021_adv2821.tsv.gz']);
  const exposures = firstById(events.filter((event) => event.type === 'exposure'));
  const clicks = firstById(events.filter((event) => event.type === 'click'));

  test('every line is an event', () => {
    expect(counts).toMatchObject({ in: 10_442, out: 10_442, header: 0, accepted: { exposure: 10_000, click: 442 } });
  });

  test('the bid is the identity: 9 960 exposures and 433 clicks', () => {
    expect([exposures.length, clicks.length]).toEqual([9_960, 433]);
  });

  test('the paying price is the cost of an exposure, and clicks cost nothing more', () => {
    const costOf = (list: readonly (Exposure | Click)[]): number => list.reduce((sum, event) => sum + (event.cost_minor ?? 0), 0);
    expect([costOf(exposures), costOf(clicks)]).toEqual([873_434, 0]);
  });

  test('8 861 users saw an ad, 433 clicked one', () => {
    const users = (list: readonly (Exposure | Click)[]): number => new Set(list.map((event) => event.user_id)).size;
    expect([users(exposures), users(clicks)]).toEqual([8_861, 433]);
  });

  test('times are of Shanghai', () => {
    const byHour = new Map<string, number>();
    for (const event of exposures) {
      const hour = new Date(event.event_time + 8 * 3_600_000).toISOString().slice(0, 13).replace(/\D/g, '');
      byHour.set(hour, (byHour.get(hour) ?? 0) + 1);
    }
    const [, ...rows] = gunzipSync(readFileSync(join(dataFolder(), 'expected/ipinyou.by_hour.csv.gz')))
      .toString()
      .trim()
      .split('\n');
    expect([...byHour].sort()).toEqual(
      rows.map((row) => row.split(',').slice(0, 2)).map(([hour, count]) => [hour, Number(count)]),
    );
  });
});

function normalized(files: readonly string[]) {
  const { declaration, problems } = parseSourceDeclaration(
    JSON.parse(readFileSync(join(__dirname, '../../../../deploy/sources/ipinyou.json'), 'utf8')),
  );
  if (declaration === null) throw new Error(problems.join('\n'));
  const from = { topic: 'raw.ipinyou', partition: 0 };
  const operator = createOds({ sources: [declaration], rules: DEFAULT_RULES }).create(from);
  const events: (Exposure | Click)[] = [];
  let offset = 0;
  for (const file of files) {
    const splitter = splitterOf(declaration, MAX_RECORD_BYTES);
    const records = [...splitter.push(gunzipSync(readFileSync(join(dataFolder(), file)))), ...splitter.end()];
    for (const { bytes } of records) {
      const record = { offset: offset++, timestamp_ms: Date.UTC(2024, 0), key: null, value: bytes };
      operator.process(record, from, { emit: (_output, _key, row) => events.push(row as Exposure | Click) });
    }
  }
  return { events, counts: operator.counters };
}

function firstById<Event extends Exposure | Click>(events: readonly Event[]): readonly Event[] {
  const byId = new Map<string, Event>();
  for (const event of events) if (!byId.has(event.event_id)) byId.set(event.event_id, event);
  return [...byId.values()];
}
