import { columnsOf, GRAINS, LAST_TOUCH, METRICS } from '@millrace/ads';
import { cellOf, type Emission } from '@millrace/stream';
import { calendar } from '../oracle/calendar';
import type { CellOptions } from './cell-options';

const COLUMNS = columnsOf(METRICS).map(({ name, metric, attribution }) => ({
  name,
  cell: attribution === null ? metric.name : `${metric.name}|${attribution}`,
}));

/** What the stores would hold after these emissions, one for each partition, named as the oracle names its cells; segments and partitions added. */
export function cellsOfEmissions(emissions: readonly Emission[], { zone, model = LAST_TOUCH }: CellOptions): Map<string, number> {
  const day = calendar(zone);
  const cells = new Map<string, number>();
  for (const { columns, values, rows } of emissions.flatMap(({ blocks }) => blocks)) {
    const column = (name: string) => values[columns.findIndex((one) => one.name === name)] ?? [];
    for (let row = 0; row < rows; row++) {
      const text = (name: string): string => String(cellOf(column(name), row));
      const grain = GRAINS.find(({ name }) => name === text('grain'));
      if (grain === undefined || text('model') !== model) continue;
      const start_ms = Number(cellOf(column('window_start'), row));
      const window = text('basis') === 'click' ? 'click_day' : text('window');
      const start = window === 'day' || window === 'click_day' ? day(start_ms) : start_ms;
      const key = [grain.name, ...grain.path.map((field) => text(field)), window, start].join('|');
      for (const { name, cell } of COLUMNS) {
        const value = Number(cellOf(column(name), row));
        if (value !== 0) cells.set(`${key}|${cell}`, (cells.get(`${key}|${cell}`) ?? 0) + value);
      }
    }
  }
  for (const [cell, value] of cells) if (value === 0) cells.delete(cell);
  return cells;
}
