import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check';
import { adjoinInput, partFile } from './input';
import { dayOf, truthOf } from './oracle';
import { Spool } from './spool';

const NOON = Date.UTC(2025, 2, 3, 4);
const HOUR = 3_600_000;
const event = (type: string, id: string, at_ms: number, more: object = {}) => ({
  event_id: id,
  source: type === 'click' ? 'sdk' : 'pay',
  type,
  event_time: at_ms,
  user_id: 'u1',
  ad_id: type === 'click' ? 'a1' : null,
  campaign_id: null,
  merchant_id: 'm1',
  item_id: 'i1',
  cost_minor: type === 'click' ? 10 : 0,
  amount_minor: type === 'click' ? 0 : 500,
  ...more,
});
/** In the order of delivery: the last click comes when four hours have passed, and would win. */
const EVENTS = [
  event('click', 'early', NOON, { item_id: 'i2' }),
  event('click', 'early', NOON, { item_id: 'i2' }),
  event('click', 'again', NOON + 1_000, { item_id: 'i2' }),
  event('payment', 'paid', NOON + HOUR),
  event('click', 'other', NOON + 5 * HOUR, { user_id: 'u2', ad_id: 'a2' }),
  event('click', 'late', NOON + HOUR / 2, { ad_id: 'a3' }),
];
const DAY = dayOf(NOON);

const fact = (more: object) => ({
  kind: 'click',
  sign: 1,
  event_id: '',
  amount_minor: 10,
  attribution: null,
  click_id: null,
  ...more,
});
const CLICKS = ['early', 'other', 'late'].map((event_id) => fact({ event_id }));
const credit = (click_id: string | null, attribution: string, sign = 1) =>
  fact({ kind: 'payment', event_id: 'paid', amount_minor: 500, click_id, attribution, sign });
const ROWS = {
  [`a1|${DAY}`]: { clicks: 1, cost: 10, click_uv: 1 },
  [`a2|${DAY}`]: { clicks: 1, cost: 10, click_uv: 1 },
  [`a3|${DAY}`]: { clicks: 1, cost: 10, click_uv: 1 },
};
const credited = (ad: string, class_: string) => ({
  ...ROWS,
  [`${ad}|${DAY}`]: { ...ROWS[`${ad}|${DAY}`], [`payments_${class_}`]: 1, [`gmv_${class_}`]: 500 },
});
const METRICS = ['clicks', 'cost', 'click_uv', 'payments_direct', 'payments_indirect', 'gmv_direct', 'gmv_indirect'];

describe('the check of AdJoin', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-bench-spec-'));
    [0, 1].forEach((part) =>
      writeFileSync(
        partFile(folder, part),
        EVENTS.flatMap((one, n) => (n % 2 === part ? [`${JSON.stringify(one)}\n`] : [])).join(''),
      ),
    );
    writeFileSync(join(folder, 'meta.json'), JSON.stringify({ events: EVENTS.length, clicks: 4, conversions: 1 }));
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

  const judged = async (facts: readonly object[], rows: object) => {
    const spool = new Spool(join(folder, 'facts'));
    const offsets = facts.map((_, i) => i);
    const source = { topic: 't', partition: 0 };
    spool.add(new MsgpackFrameCodec().encode({ source, rows: [...facts], offsets, ordinals: offsets, clocks: offsets }));
    spool.close();
    writeFileSync(join(folder, 'rows.json'), JSON.stringify(rows));
    const answers = { facts: join(folder, 'facts'), rows: join(folder, 'rows.json'), metrics: METRICS };
    return check(answers, await truthOf(adjoinInput(folder)));
  };

  it('knows duplicates, repeated clicks and what may come of a late one', async () => {
    const { correct, found } = await judged([...CLICKS, credit('early', 'indirect')], credited('a1', 'indirect'));
    expect(found).toMatchObject({
      clicks: 3,
      cost: 30,
      conversions: 1,
      repeated: 1,
      explained_by_lateness: 1,
      wrong: 0,
      rows_wrong: 0,
    });
    expect(correct).toBe(true);
  });

  it('takes the best click of all, by a correction', async () => {
    const facts = [...CLICKS, credit('early', 'indirect'), credit('early', 'indirect', -1), credit('late', 'direct')];
    const { correct, found } = await judged(facts, credited('a3', 'direct'));
    expect(found).toMatchObject({ equal_to_ideal: 1, corrections: 1 });
    expect(correct).toBe(true);
  });

  it.each([
    ['another winner', [...CLICKS, credit('other', 'direct')], credited('a2', 'direct')],
    ['another class', [...CLICKS, credit('early', 'direct')], credited('a1', 'direct')],
    ['no conversion', CLICKS, ROWS],
    ['a click too many', [...CLICKS, fact({ event_id: 'again' }), credit('early', 'indirect')], credited('a1', 'indirect')],
    ['a sum that is not that of the facts', [...CLICKS, credit('early', 'indirect')], ROWS],
  ])('finds %s', async (_, facts, rows) => {
    expect(await judged(facts, rows)).toMatchObject({ correct: false });
  });
});
