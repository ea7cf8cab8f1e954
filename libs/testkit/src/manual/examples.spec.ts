import { METRICS, RATIOS } from '@millrace/ads';
import { cellsOfExample, numbersOf, ratioOf } from './example';
import { EXAMPLES } from './examples';

/** The examples of docs/semantics.md, through the layers: what happens goes in, what they say comes out, and nothing else. */
test.each(EXAMPLES.map((example) => [example.title, example] as const))('%s', (_, example) => {
  const cells = cellsOfExample(example);
  for (const { row, numbers, ratios = {} } of example.rows) {
    const is = numbersOf(cells, row, example.model);
    expect([row, is]).toEqual([row, numbers]);
    for (const [name, value] of Object.entries(ratios)) expect([row, name, ratioOf(name, is)]).toEqual([row, name, value]);
  }
});

test('every metric and ratio has a worked example', () => {
  const rows = EXAMPLES.flatMap((example) => example.rows);
  const shown = new Set(
    rows
      .flatMap(({ numbers, ratios = {} }) => [...Object.keys(numbers), ...Object.keys(ratios)])
      .map((name) => name.split('|')[0]),
  );
  for (const { name } of [...METRICS, ...RATIOS]) expect(shown).toContain(name);
});
