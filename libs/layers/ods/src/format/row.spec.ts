import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { splitRow } from './row';

/** csv-parse on the same text: the fields of its only record, or null when it finds the quoting broken. */
function judge(text: string, delimiter: string): readonly string[] | null {
  try {
    const rows = parse(text, { delimiter, record_delimiter: '\u0000', relax_column_count: true }) as string[][];
    return rows[0] ?? [''];
  } catch {
    return null;
  }
}

const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`;

describe('splitRow', () => {
  test.each<[string, readonly string[] | null]>([
    ['a,b,c', ['a', 'b', 'c']],
    ['', ['']],
    [',', ['', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a ""b""",', ['a "b"', '']],
    ['"",""', ['', '']],
    ['"line\nend",x', ['line\nend', 'x']],
    ['5" disk,x', ['5" disk', 'x']],
    ['"a"b,c', null],
    ['"a', null],
    ['x,"a""', null],
  ])('%p', (text, fields) => {
    expect(splitRow(text, ',', true)).toEqual(fields);
  });

  test('quotes mean nothing where they are not declared', () => {
    expect(splitRow('"a\tb"\tc', '\t', false)).toEqual(['"a', 'b"', 'c']);
  });

  test('any fields, quoted where needed, are read back, and csv-parse agrees', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '\t', '订', ' '), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), fc.constantFrom(',', '\t'), (fields, delimiter) => {
        const text = fields.map(quote).join(delimiter);
        expect(splitRow(text, delimiter, true)).toEqual(fields);
        expect(judge(text, delimiter)).toEqual(fields);
      }),
    );
  });

  test('of any text: where csv-parse, which is stricter, finds fields, so do we, and the same', () => {
    let judged = 0;
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '"', 'b'), minLength: 1, maxLength: 12 }), (text) => {
        const fields = judge(text, ',');
        if (fields === null) return;
        judged++;
        expect(splitRow(text, ',', true)).toEqual(fields);
      }),
      { numRuns: 1000 },
    );
    expect(judged).toBeGreaterThan(100);
  });
});
