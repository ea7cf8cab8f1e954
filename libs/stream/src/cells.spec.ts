import { cellOf, isRepeated } from './cells';

test('a row has its own cell, that of its place, or the one of all', () => {
  const places = Int32Array.of(1, 0, 1);
  const rows = (cells: Parameters<typeof cellOf>[0]): unknown[] => [0, 1, 2].map((row) => cellOf(cells, row));
  expect(rows(['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  expect(rows(Float64Array.of(1, 2, 3))).toEqual([1, 2, 3]);
  expect(rows({ cells: ['x', 'y'], places })).toEqual(['y', 'x', 'y']);
  expect(rows({ cells: [7], places: null })).toEqual([7, 7, 7]);
  expect([isRepeated([]), isRepeated({ cells: [], places: null })]).toEqual([false, true]);
});

test('beyond the rows there is nothing', () => {
  expect(cellOf({ cells: ['x'], places: Int32Array.of(0) }, 1)).toBeUndefined();
});
