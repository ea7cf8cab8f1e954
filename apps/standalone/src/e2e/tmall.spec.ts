import type { Rules } from '@millrace/ads';
import type { ConversionsAnswer, MetricsAnswer } from '@millrace/layer-app';
import type { ExpectedCell } from '@millrace/testkit';
import { describeWithData, expectedByDay, expectedByDayAndMerchant, expectedConversions, tmallEvents } from '@millrace/testkit';
import { TestWarehouse } from '../testing/warehouse';

/** A real log through the whole chain and read back by REST: equal to answers that were computed independently of us. */

jest.setTimeout(120_000);

/** The expected answers count every click. */
const EVERY_CLICK: Partial<Rules> = { repeat_within_ms: 0 };
/** The whole log fits into it: nothing is late, in whatever order it comes. */
const ANY_ORDER: Partial<Rules> = { ...EVERY_CLICK, lateness_ms: 400 * 86_400_000 };

/** A generator that gives the same numbers in [0, 1) every time (mulberry32). */
const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const shuffled = <T>(all: readonly T[], random: () => number): T[] =>
  all
    .map((one) => [random(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);

describeWithData('The Tmall log', () => {
  const events = tmallEvents();
  const lines = events.map((event) => JSON.stringify(event));
  const inTimeOrder = [...events].sort((a, b) => a.event_time - b.event_time).map((event) => JSON.stringify(event));
  const random = seeded(20_141_111);
  const orders = events.filter(({ type }) => type === 'order');
  const itemOf = new Map(events.map((event) => [event.event_id, event.item_id ?? '']));
  const expectedWinners = expectedConversions()
    .map(({ click_item, ...order }) => winnerText({ ...order, click_item: click_item ?? '' }))
    .sort();
  const twice = lines.filter(() => random() < 0.05);

  describe.each<[string, readonly string[], Partial<Rules>, number, number]>([
    ['in time order', inTimeOrder, EVERY_CLICK, 0, 1],
    ['in file order', lines, ANY_ORDER, 0, 16],
    ['shuffled', shuffled(lines, random), ANY_ORDER, 0, 16],
    ['with 5 % of its events twice, shuffled', shuffled([...lines, ...twice], random), ANY_ORDER, twice.length, 16],
  ])('%s', (_, sent, rules, duplicates, everyNth) => {
    let test: TestWarehouse;
    beforeAll(async () => {
      test = await TestWarehouse.of(sent, { rules });
    });
    afterAll(() => test.close());

    it('knows every event once, and none is late', () => {
      const counters = test.warehouse.dwd.operators.map((operator) => operator.counters);
      const sum = (name: 'in' | 'duplicates' | 'late'): number => counters.reduce((total, counts) => total + counts[name], 0);
      expect({ in: sum('in'), duplicates: sum('duplicates'), late: sum('late') }).toEqual({
        in: sent.length,
        duplicates,
        late: 0,
      });
    });

    it('672 orders = 481 direct + 104 indirect + 87 organic, GMV 34 013 128 = 25 604 640 + 4 790 505 + 3 617 983', async () => {
      const [row] = await test.metrics({ from: '2014-05-01', to: '2014-12-01', window: 'total', metrics: 'orders,payments,gmv' });
      expect(row?.metrics).toEqual({
        orders: { direct: 481, indirect: 104, organic: 87 },
        payments: { direct: 481, indirect: 104, organic: 87 },
        gmv: { direct: 25_604_640, indirect: 4_790_505, organic: 3_617_983 },
      });
    });

    it('every number of every day', async () => {
      expect(cellsOf(await askMonthly(test))).toEqual(expectedCells(expectedByDay()));
    });

    it('every number of every day and merchant', async () => {
      expect(cellsOf(await askMonthly(test, { groupBy: 'merchant_id' }))).toEqual(expectedCells(expectedByDayAndMerchant()));
    });

    it('the winning click of every order, as the archive has it', async () => {
      const rows = await test.warehouse.olap.query<Winner>(STANDING_ORDERS);
      expect(rows.map(winnerText).sort()).toEqual(expectedWinners);
    });

    it('the winning click of single orders by REST', async () => {
      const found: string[] = [];
      for (const { order_id } of orders.filter((_order, n) => n % everyNth === 0))
        found.push(winnerText(winnerOf(await test.conversions(String(order_id)))));
      expect(found.filter((winner) => !expectedWinners.includes(winner))).toEqual([]);
      if (everyNth === 1) expect(found.sort()).toEqual(expectedWinners);
    });
  });

  interface Winner {
    readonly user_id: string;
    readonly item_id: string;
    readonly merchant_id: string;
    readonly event_time: number;
    readonly amount_minor: number;
    readonly attribution: string;
    readonly click_time: number | null;
    /** Of the winning click; the answers name the click by its time and item, we by its id. */
    readonly click_item?: string;
    readonly click_id?: string;
  }

  function winnerText({
    user_id,
    item_id,
    merchant_id,
    event_time,
    amount_minor,
    attribution,
    click_time,
    click_item,
    click_id,
  }: Winner): string {
    return [
      user_id,
      item_id,
      merchant_id,
      event_time,
      amount_minor,
      attribution,
      click_time ?? '',
      click_item ?? itemOf.get(click_id ?? '') ?? '',
    ].join(' ');
  }

  function winnerOf({ conversions: [line] }: ConversionsAnswer): Winner {
    const order = line?.events.find(({ type }) => type === 'order');
    if (line === undefined || !order?.credit) throw new Error('an order has no credit');
    const { attribution, amount_minor, click } = order.credit;
    return {
      user_id: line.user_id,
      item_id: line.item_id ?? '',
      merchant_id: line.merchant_id,
      event_time: Date.parse(order.event_time),
      amount_minor,
      attribution,
      click_time: click === null ? null : Date.parse(click.event_time ?? ''),
      click_id: click?.event_id ?? '',
    };
  }
});

/** Signed rows, summed: what was taken back is gone. */
const STANDING_ORDERS = `
  SELECT user_id, item_id, merchant_id, toUnixTimestamp64Milli(event_time) AS event_time, amount_minor, attribution, click_id,
    toUnixTimestamp64Milli(click_time) AS click_time
  FROM dwd_conversion FINAL
  WHERE kind = 'order'
  GROUP BY ALL
  HAVING sum(sign) > 0`;

const MONTHS = ['05', '06', '07', '08', '09', '10', '11', '12'];

/** By day; asked in pieces, for an answer has a bound. */
const askMonthly = async (test: TestWarehouse, query: Readonly<Record<string, string>> = {}): Promise<MetricsAnswer['rows']> => {
  const rows: MetricsAnswer['rows'][number][] = [];
  for (const [i, month] of MONTHS.slice(0, -1).entries()) {
    const range = { from: `2014-${month}-01`, to: `2014-${MONTHS[i + 1]}-01` };
    rows.push(...(await test.metrics({ ...range, metrics: 'clicks,click_uv,messages,orders,gmv', ...query })));
  }
  return rows;
};

const ATTRIBUTIONS = ['direct', 'indirect', 'organic'] as const;
type Cells = Record<string, Record<string, number>>;

/** `day merchant` → numbers; without those that are 0 in all. */
const cellsOf = (rows: MetricsAnswer['rows']): Cells =>
  withNumbers(
    rows.map(({ day, merchant_id, metrics: { clicks, click_uv, messages, orders, gmv } }) => {
      const part = (value: unknown, attribution: string): number => (value as Record<string, number>)[attribution] ?? 0;
      return [
        [day, merchant_id].join(' '),
        {
          clicks: Number(clicks),
          click_uv: Number(click_uv),
          messages: ATTRIBUTIONS.reduce((sum, attribution) => sum + part(messages, attribution), 0),
          ...Object.fromEntries(ATTRIBUTIONS.map((attribution) => [`orders|${attribution}`, part(orders, attribution)])),
          ...Object.fromEntries(ATTRIBUTIONS.map((attribution) => [`gmv|${attribution}`, part(gmv, attribution)])),
        },
      ];
    }),
  );

const expectedCells = (expected: readonly ExpectedCell[]): Cells =>
  withNumbers(
    expected.map(({ day, merchant_id, metrics, messages }) => [
      [day, merchant_id ?? undefined].join(' '),
      { ...metrics, messages },
    ]),
  );

const withNumbers = (cells: readonly (readonly [string, Record<string, number>])[]): Cells =>
  Object.fromEntries(cells.filter(([, numbers]) => Object.values(numbers).some((value) => value !== 0)));
