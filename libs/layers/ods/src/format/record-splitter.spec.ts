import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { RecordSplitter, type RecordSplitterOptions } from './record-splitter';

const options = { maxRecordBytes: 1000, quotedColumns: null };
const encoder = new TextEncoder();

function split(chunks: readonly Uint8Array[], given: Partial<RecordSplitterOptions> = {}): { text: string; cut: boolean }[] {
  const splitter = new RecordSplitter({ ...options, ...given });
  const records = [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
  return records.map(({ bytes, cut }) => ({ text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), cut }));
}
const textsOf = (text: string, given?: Partial<RecordSplitterOptions>): string[] =>
  split([encoder.encode(text)], given).map((record) => record.text);

/** The same bytes, cut at arbitrary places. */
const chunked = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.slice(places[i], end));
};

describe('a file', () => {
  test.each<[string, string, string[]]>([
    ['ends with a line end', 'a\nb\n', ['a', 'b']],
    ['ends without one', 'a\nb', ['a', 'b']],
    ['has CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['has blank lines', '\n\na\n\r\n\nb\n\n', ['a', 'b']],
    ['has a byte order mark', '\ufeffa\n\ufeffb\n', ['a', '\ufeffb']],
    ['keeps carriage returns inside', 'a\rb\n', ['a\rb']],
    ['is empty', '', []],
    ['is a byte order mark', '\ufeff', []],
  ])('that %s', (_, text, records) => {
    expect(textsOf(text)).toEqual(records);
  });

  test('with quoted line ends keeps them inside their record', () => {
    const csv = { quotedColumns: ',' };
    expect(textsOf('a,"x\ny"\n"\n",b\n', csv)).toEqual(['a,"x\ny"', '"\n",b']);
    expect(textsOf('a,"he said ""\n"" twice"\nb\n', csv)).toEqual(['a,"he said ""\n"" twice"', 'b']);
    expect(textsOf('5" disk\n6" disk\n', csv)).toEqual(['5" disk', '6" disk']);
    expect(textsOf('\ufeff"a\nb",c\nd', csv)).toEqual(['"a\nb",c', 'd']);
  });

  test('with quotes that mean nothing is cut at every line end', () => {
    expect(textsOf('a\t"x\ny"\n')).toEqual(['a\t"x', 'y"']);
  });
});

describe('a record that is too long', () => {
  test('is cut one byte over the limit and marked; the limit itself is not', () => {
    expect(split([encoder.encode('12345\n123456\n1234567890\nx')], { maxRecordBytes: 5 })).toEqual([
      { text: '12345', cut: false },
      { text: '123456', cut: true },
      { text: '123456', cut: true },
      { text: 'x', cut: false },
    ]);
  });

  test('does not count its line end or the byte order mark', () => {
    expect(split([encoder.encode('\ufeff12345\r\n12345\r\n')], { maxRecordBytes: 5 })).toEqual([
      { text: '12345', cut: false },
      { text: '12345', cut: false },
    ]);
  });

  test('because a quote is never closed loses only its own line and those up to the limit', () => {
    const records = split([encoder.encode(`a,"open\n${'y'.repeat(20)}\nb,c\nd,e\n`)], { maxRecordBytes: 20, quotedColumns: ',' });
    expect(records.map((record) => record.cut)).toEqual([true, false, false]);
    expect(records.slice(1).map((record) => record.text)).toEqual(['b,c', 'd,e']);
  });

  test('takes no more memory than the limit', () => {
    const splitter = new RecordSplitter({ ...options, maxRecordBytes: 1000 });
    const megabyte = new Uint8Array(1 << 20).fill(120);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 64; i++) expect(splitter.push(megabyte)).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20);
    expect(splitter.end()).toMatchObject([{ cut: true, bytes: { length: 1001 } }]);
  });
});

describe('wherever the chunks are cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '"', ',', '\ufeff', '订'), maxLength: 40 });
  const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 6 });

  test.each([null, ','])('the records are the same (quotes in columns of %p)', (quotedColumns) => {
    fc.assert(
      fc.property(text, cuts, fc.integer({ min: 1, max: 60 }), (content, places, maxRecordBytes) => {
        const bytes = encoder.encode(content);
        const given = { maxRecordBytes, quotedColumns };
        expect(split(chunked(bytes, places), given)).toEqual(split([bytes], given));
      }),
      { numRuns: 2000 },
    );
  });

  test('csv-parse finds the same rows', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' '), maxLength: 5 });
    const row = fc.array(field, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), cuts, (rows, places) => {
        const lines = rows.map((fields) => fields.map((value) => `"${value.replaceAll('"', '""')}"`).join(','));
        const file = lines.join('\r\n');
        expect(split(chunked(encoder.encode(file), places), { quotedColumns: ',' }).map((record) => record.text)).toEqual(lines);
        expect(parse(file, { relax_column_count: true })).toEqual(rows);
      }),
    );
  });
});
