import type { Fact } from '@millrace/ads';
import { GRAINS, LAST_TOUCH, METRICS } from '@millrace/ads';
import { calendar } from '../oracle/calendar';

/**
 * Signed facts added up, slowly: what DWS must make of them. Cells are named as the oracle names its own
 * (`grain|path…|day|date|metric[|attribution]`), so the two can be compared; cells of 0 are left out.
 */
export const cellsOfFacts = (facts: Iterable<Fact>, zone: string, model: string = LAST_TOUCH): Map<string, number> => {
  const day = calendar(zone);
  const cells = new Map<string, number>();
  const add = (cell: string, value: number): void => {
    const sum = (cells.get(cell) ?? 0) + value;
    if (sum === 0) cells.delete(cell);
    else cells.set(cell, sum);
  };
  for (const fact of facts) {
    if (fact.attribution !== null && fact.model !== model) continue;
    for (const grain of GRAINS) {
      const path = grain.path.map((field) => fact[field]);
      if (path.includes(null)) continue;
      const row = [grain.name, ...path].join('|');
      for (const metric of METRICS) {
        for (const term of metric.terms) {
          if (term.fact !== fact.kind || (term.channel !== undefined && term.channel !== fact.channel)) continue;
          const one = model === LAST_TOUCH ? 1 : fact.credit_micro;
          const unit =
            term.add === 'amount'
              ? fact.amount_minor
              : term.add === 'count'
                ? fact.attribution === null
                  ? 1
                  : one
                : (fact.uv & grain.uv_bit) === 0
                  ? 0
                  : 1;
          const value = fact.sign * term.sign * unit;
          const name = fact.attribution === null ? metric.name : `${metric.name}|${fact.attribution}`;
          const time = term.booked === 'order' ? (fact.order_time ?? fact.event_time) : fact.event_time;
          add(`${row}|day|${day(time)}|${name}`, value);
          if (fact.click_time !== null) add(`${row}|click_day|${day(fact.click_time)}|${name}`, value);
        }
      }
    }
  }
  return cells;
};
