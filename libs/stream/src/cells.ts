import type { Cells, RepeatedCells } from './operator';

/** Whether cells of a column stand once for many rows. */
export const isRepeated = (cells: Cells): cells is RepeatedCells => 'places' in cells;

/** What row `row` has in a column. */
export const cellOf = (cells: Cells, row: number): unknown => {
  if (!isRepeated(cells)) return cells[row];
  return cells.cells[cells.places === null ? 0 : (cells.places[row] ?? NaN)];
};
