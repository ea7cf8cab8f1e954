import type { Fact } from '@millrace/ads';
import { GRAINS, LAST_TOUCH, METRICS } from '@millrace/ads';
import { calendar } from '../oracle/calendar';
import type { CellOptions } from './cell-options';

/** Sums by cell, named as the oracle names its own: `grain|path…|window|start|metric[|attribution]`; a sum of 0 is left out. */
export interface CellSums {
  readonly cells: Map<string, number>;
  add(fact: Fact): void;
}

/** Adds signed facts up, slowly: what DWS must make of them. */
export const cellSums = ({ zone, model = LAST_TOUCH }: CellOptions): CellSums => {
  const day = calendar(zone);
  const cells = new Map<string, number>();
  const add = (cell: string, value: number): void => {
    const sum = (cells.get(cell) ?? 0) + value;
    if (sum === 0) cells.delete(cell);
    else cells.set(cell, sum);
  };
  return {
    cells,
    add(fact) {
      if (fact.attribution !== null && fact.model !== model) return;
      for (const grain of GRAINS) {
        const path = grain.path.map((field) => fact[field]);
        if (path.includes(null)) continue;
        const row = [grain.name, ...path].join('|');
        for (const metric of METRICS) {
          for (const term of metric.terms) {
            if (term.fact !== fact.kind || (term.channel !== undefined && term.channel !== fact.channel)) continue;
            const count = fact.attribution === null || model === LAST_TOUCH ? 1 : fact.credit_micro;
            const users = (fact.uv & grain.uv_bit) === 0 ? 0 : 1;
            const unit = { amount: fact.amount_minor, count, users }[term.add];
            const value = fact.sign * term.sign * unit;
            const name = fact.attribution === null ? metric.name : `${metric.name}|${fact.attribution}`;
            const time = term.booked === 'order' ? (fact.order_time ?? fact.event_time) : fact.event_time;
            add(`${row}|day|${day(time)}|${name}`, value);
            if (fact.click_time !== null) add(`${row}|click_day|${day(fact.click_time)}|${name}`, value);
          }
        }
      }
    },
  };
};

export const cellsOfFacts = (facts: Iterable<Fact>, zone: string, model?: string): Map<string, number> => {
  const sums = cellSums({ zone, model });
  for (const fact of facts) sums.add(fact);
  return sums.cells;
};
