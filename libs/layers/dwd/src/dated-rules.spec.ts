import { DEFAULT_RULES, LAST_TOUCH, type RuleChange, type Rules } from '@millrace/ads';
import { invalidationOf, made, type OracleEvent, punctual, runDwd, standing } from '@millrace/testkit';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Local midnight at the beginning of 2025-03-03 in each zone, where the rules change. */
const MIDNIGHTS: readonly [string, number][] = [
  ['Asia/Shanghai', Date.UTC(2025, 2, 2, 16)],
  ['America/New_York', Date.UTC(2025, 2, 3, 5)],
];

/** D3: rules begin with a local day, and what happens follows the rules of its own day. */
describe.each(MIDNIGHTS)('in %s, at the midnight before 3 March', (zone, midnight) => {
  const under = (before: Partial<Rules>, change: Omit<RuleChange, 'from_day'>): Rules => ({
    ...DEFAULT_RULES,
    zone,
    ...before,
    changes: [{ from_day: '2025-03-03', ...change }],
  });
  const stands = (rules: Rules, ...events: OracleEvent[]) =>
    Object.fromEntries(
      standing(runDwd(punctual(...events), { rules }).facts)
        .filter(({ model }) => model === LAST_TOUCH)
        .map(({ event_id, attribution }) => [event_id, attribution]),
    );
  const sold = { order: midnight - 1, 'next order': midnight };
  const orders = [made('order', sold.order), made('order', sold['next order'], { event_id: 'next order', order_id: 'o2' })];

  it('a shorter window applies to the orders of the new day; a payment follows its order', () => {
    const rules = under({}, { window_ms: 7 * DAY });
    const later = [
      made('payment', midnight + HOUR),
      made('payment', midnight + HOUR, { event_id: 'next payment', order_id: 'o2' }),
    ];
    expect(stands(rules, made('click', midnight - 10 * DAY), ...orders, ...later)).toEqual({
      click: null,
      order: 'indirect',
      payment: 'indirect',
      'next order': 'organic',
      'next payment': 'organic',
    });
  });

  it('a longer window finds clicks that the old one would have forgotten', () => {
    const rules = under({ window_ms: DAY }, { window_ms: 20 * DAY });
    expect(stands(rules, made('click', midnight - 19 * DAY), ...orders)).toEqual({
      click: null,
      order: 'organic',
      'next order': 'indirect',
    });
  });

  it('calendar windows count whole days from the new day on', () => {
    const rules = under({ window_ms: DAY }, { window_mode: 'calendar' });
    const evening = made('order', midnight + 20 * HOUR, { event_id: 'evening order', order_id: 'o3' });
    // 24 h and 1 ms before the last order of the old day; on the day before the evening's.
    expect(stands(rules, made('click', sold.order - DAY - 1), orders[0] ?? evening)).toMatchObject({ order: 'organic' });
    expect(stands(rules, made('click', midnight - 5 * HOUR), evening)).toMatchObject({ 'evening order': 'indirect' });
    expect(stands(rules, made('click', midnight - DAY - 1), evening)).toMatchObject({ 'evening order': 'organic' });
  });

  it('a click is repeated by the rule of its own day', () => {
    const rules = under({}, { repeat_within_ms: 10_000 });
    const clicks = [-8_000, -3_000, 1_000, 9_000].map((t) => made('click', midnight + t, { event_id: `${t}` }));
    expect(stands(rules, ...clicks)).toEqual({ '-8000': null, '-3000': null });
    expect(
      stands(under({}, { repeat_within_ms: 0 }), made('click', midnight - 1), made('click', midnight, { event_id: 'next' })),
    ).toEqual({ click: null, next: null });
  });

  it.each(['click', 'exposure'] as const)('an invalidation is in time by the rule of the day of its %s', (type) => {
    const rules = under({}, { invalidation_ms: HOUR });
    const [old, young] = [made(type, midnight - 1), made(type, midnight, { event_id: 'young', ad_id: 'a2' })];
    expect(
      stands(rules, old, young, invalidationOf(old, midnight + 2 * HOUR), {
        ...invalidationOf(young, midnight + 2 * HOUR),
        event_id: 'second',
      }),
    ).toEqual({ young: null });
  });

  it('a model is kept for the conversions of its days, whatever their payments', () => {
    const rules = under({ models: ['linear'] }, { models: ['first'] });
    const later = [
      made('payment', midnight + HOUR),
      made('payment', midnight + HOUR, { event_id: 'next payment', order_id: 'o2' }),
    ];
    const { facts } = runDwd(punctual(made('click', midnight - HOUR), ...orders, ...later), { rules });
    const models = (id: string): string[] =>
      standing(facts)
        .filter(({ event_id }) => event_id === id)
        .map(({ model }) => model);
    expect([models('order'), models('payment')]).toEqual([
      ['last', 'linear'],
      ['last', 'linear'],
    ]);
    expect([models('next order'), models('next payment')]).toEqual([
      ['last', 'first'],
      ['last', 'first'],
    ]);
  });
});
