import { LAST_TOUCH, type Fact, type Grain, type Metric, type Zone } from '@millrace/ads';

/** What the rows must add up to, cell by cell, with no idea of how to be fast. Named as `MetricStore.sums` names its cells. */
export const naiveSums = (
  facts: readonly Fact[],
  metrics: readonly Metric[],
  grains: readonly Grain[],
  zone: Zone,
): Map<string, number> => {
  const sums = new Map<string, number>();
  const add = (cell: string, value: number): void => {
    const sum = (sums.get(cell) ?? 0) + value;
    if (sum === 0) sums.delete(cell);
    else sums.set(cell, sum);
  };
  for (const fact of facts) {
    for (const grain of grains) {
      const path = grain.path.map((field) => fact[field]);
      if (path.includes(null)) continue;
      for (const metric of metrics) {
        const column = metric.split ? `${metric.name}_${fact.attribution}` : metric.name;
        for (const term of metric.terms) {
          if (term.fact !== fact.kind) continue;
          if (term.channel !== undefined && term.channel !== fact.channel) continue;
          if (fact.model !== LAST_TOUCH && !metric.split) continue;
          const value = fact.sign * term.sign * amount(fact, term.add, grain);
          const booked = term.booked === 'order' && fact.order_time !== null ? fact.order_time : fact.event_time;
          for (const window of grain.windows) {
            if (term.add === 'users' && window !== 'day') continue;
            add(['conversion', fact.model, grain.name, window, start(window, booked, zone), ...path, column].join('|'), value);
          }
          if (fact.click_time !== null && metric.split) {
            add(['click', fact.model, grain.name, 'day', start('day', fact.click_time, zone), ...path, column].join('|'), value);
          }
        }
      }
    }
  }
  return sums;
};

const amount = (fact: Fact, add: 'count' | 'amount' | 'users', grain: Grain): number => {
  if (add === 'amount') return fact.amount_minor;
  if (add === 'users') return (fact.uv & grain.uv_bit) === 0 ? 0 : 1;
  return fact.model === LAST_TOUCH ? 1 : fact.credit_micro;
};

const start = (window: Grain['windows'][number], time_ms: number, zone: Zone): number => {
  if (window === 'day') return zone.dayStart(zone.dayOf(time_ms));
  return window === 'hour' ? zone.hourStart(time_ms) : time_ms - (time_ms % 60_000);
};
