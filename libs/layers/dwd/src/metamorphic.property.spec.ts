import {
  cases,
  cellsOfFacts,
  type Case,
  differences,
  type History,
  histories,
  prove,
  rearranged,
  RULE_SETS,
  runDwd,
} from '@millrace/testkit';

/** What must hold between two runs, whoever is right about one of them (semantics R12; issue 4). */

const rules = RULE_SETS.default;
const WEEK_MS = 7 * 86_400_000;
const all = cases(histories({ rules }));
const cellsOf = (history: History, { partitions, frame_rows, batch }: Case) =>
  cellsOfFacts(runDwd(history, { rules, partitions, frame_rows, batch }).facts, rules.zone);

it('invalidating a set of clicks and exposures equals their never having been', () => {
  prove(all, 150, (each) => {
    const history = each.history.filter(({ event }) => event.type !== 'invalidate');
    // Every other event of an ad, in all of its versions and deliveries, as late as is still in time.
    const isInvalid = ({ event }: History[number]): boolean =>
      (event.type === 'click' || event.type === 'exposure') && /[13579]$/.test(event.event_id);
    const targets = new Map(
      history
        .filter(isInvalid)
        .map(({ event }) => [JSON.stringify([event.type, event.user_id, event.source, event.event_id]), event]),
    );
    const invalidations = [...targets.values()].map((target, n): History[number] => ({
      event: {
        type: 'invalidate',
        source: 'fraud',
        event_id: `invalidation ${n}`,
        user_id: target.user_id,
        event_time: target.event_time,
        target_type: target.type === 'exposure' ? 'exposure' : 'click',
        target_source: target.source,
        target_id: target.event_id,
      },
      deliver_ms: target.event_time + rules.lateness_ms,
    }));
    const withAll = [...history, ...invalidations].sort((a, b) => a.deliver_ms - b.deliver_ms);
    const without = history.filter((delivered) => !isInvalid(delivered));
    return differences(cellsOf(withAll, each), cellsOf(without, each));
  });
});

it('another order of arrival within B changes nothing', () => {
  const two = all.chain((each) => rearranged(each.history, rules.lateness_ms).map((other) => ({ ...each, other })));
  prove(two, 150, (each) => differences(cellsOf(each.other, each), cellsOf(each.history, each)));
});

it('other names in the same order change nothing but the names', () => {
  prove(all, 150, (each) => {
    const rename = (id: string): string => `x${id}`;
    const ids = [
      'source',
      'event_id',
      'user_id',
      'merchant_id',
      'campaign_id',
      'ad_id',
      'item_id',
      'order_id',
      'target_source',
      'target_id',
    ];
    const renamed = each.history.map(({ event, deliver_ms }) => ({
      deliver_ms,
      event: Object.fromEntries(
        Object.entries(event).map(([name, value]) => [
          name,
          ids.includes(name) && typeof value === 'string' ? rename(value) : value,
        ]),
      ) as unknown as typeof event,
    }));
    const called = new Map(
      [...cellsOf(each.history, each)].map(([cell, value]) => {
        const [grain, ...rest] = cell.split('|');
        const path = { all: 0, merchant: 1, campaign: 2, ad: 3, item: 2 }[grain ?? ''] ?? 0;
        return [[grain, ...rest.map((part, i) => (i < path ? rename(part) : part))].join('|'), value];
      }),
    );
    return differences(cellsOf(renamed, each), called);
  });
});

it('everything a number of weeks later shifts the tables', () => {
  prove(all, 150, (each) => {
    const shift_ms = 5 * WEEK_MS;
    const shifted = each.history.map(({ event, deliver_ms }) => ({
      event: { ...event, event_time: event.event_time + shift_ms },
      deliver_ms: deliver_ms + shift_ms,
    }));
    const later = (day: string): string => new Date(Date.parse(day) + shift_ms).toISOString().slice(0, 10);
    const moved = new Map(
      [...cellsOf(each.history, each)].map(([cell, value]) => [cell.replace(/\d{4}-\d\d-\d\d/, later), value]),
    );
    return differences(cellsOf(shifted, each), moved);
  });
});

it('two runs over half of the users each add up to one over all', () => {
  prove(all, 150, (each) => {
    const sum = new Map<string, number>();
    for (const user of new Set(each.history.map(({ event }) => event.user_id))) {
      const half = each.history.filter(({ event }) => event.user_id === user);
      for (const [cell, value] of cellsOf(half, each)) sum.set(cell, (sum.get(cell) ?? 0) + value);
    }
    return differences(cellsOf(each.history, each), sum);
  });
});
