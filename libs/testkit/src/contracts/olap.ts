import type { Block, BlockColumn, ColumnType, OlapStore } from '@millrace/stream';

const SAFE = Number.MAX_SAFE_INTEGER;

/** Every type with the values at its edges; the Record makes a type without values an error of the compiler. */
const EDGES: Record<ColumnType, readonly (string | number | null)[]> = {
  String: ['', 'plain', 'naïve – 数据 🚀', 'x'.repeat(300), '\u0000\t\n\'"\\'],
  'LowCardinality(String)': ['', 'a', 'a', '类', 'b'],
  'Nullable(String)': [null, '', 'x', null, 'ü'.repeat(200)],
  UInt8: [0, 1, 127, 128, 255],
  UInt16: [0, 255, 256, 32_768, 65_535],
  UInt32: [0, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1],
  UInt64: [0, 2 ** 32 - 1, 2 ** 32, 1_700_000_000_123, SAFE],
  Int8: [-128, -1, 0, 1, 127],
  Int32: [-(2 ** 31), -1, 0, 1, 2 ** 31 - 1],
  // Sums may leave the exact integers; they must not stop an insert.
  Int64: [-SAFE, -(2 ** 62), -1, 0, 2 ** 60],
  'Nullable(Int64)': [null, -SAFE, 0, null, SAFE],
  'DateTime64(3)': [0, 1, 1_415_635_200_000, 1_700_000_000_123, 4_102_444_800_999],
  'Nullable(DateTime64(3))': [null, 0, 999, null, 1_700_000_000_123],
};
const TYPES = Object.keys(EDGES) as ColumnType[];
const isTime = (type: ColumnType): boolean => type.includes('DateTime64');
const column = (type: ColumnType): BlockColumn => ({ name: `c_${TYPES.indexOf(type)}`, type });

/** What every OlapStore does (ports.ts). `open` gives one in which the table names used here are free. */
export function olapContract(name: string, open: () => Promise<OlapStore>): void {
  describe(`${name} as an OlapStore`, () => {
    let store: OlapStore;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    const create = (table: string, columns: readonly BlockColumn[]): Promise<void> =>
      store.command(
        `CREATE TABLE ${table} (n UInt32, ${columns.map(({ name, type }) => `${name} ${type}`).join(', ')}) ENGINE = MergeTree ORDER BY n`,
      );
    const counted = (table: string, first: number, rows: number): Block => ({
      table,
      columns: [{ name: 'n', type: 'UInt32' }],
      values: [Array.from({ length: rows }, (_, i) => first + i)],
      rows,
    });

    it('answers a ping', () => store.ping());

    it('gives back every type of column as it was put in', async () => {
      const columns = TYPES.map(column);
      await create('contract_types', columns);
      const rows = EDGES.String.length;
      const n: BlockColumn = { name: 'n', type: 'UInt32' };
      const block: Block = {
        table: 'contract_types',
        columns: [n, ...columns],
        values: [Array.from({ length: rows }, (_, i) => i), ...TYPES.map((type) => EDGES[type])],
        rows,
      };
      await store.insert([block]);
      const selected = columns
        .map(({ name, type }) => (isTime(type) ? `toUnixTimestamp64Milli(${name}) AS ${name}_ms` : name))
        .join(', ');
      const answer = await store.query<Record<string, unknown>>(`SELECT ${selected} FROM contract_types ORDER BY n`);
      const expected = Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(TYPES.map((type) => [column(type).name + (isTime(type) ? '_ms' : ''), EDGES[type][row]])),
      );
      expect(answer).toEqual(expected);
    });

    it('stores bytes as they are, whether they are text or not', async () => {
      const columns: BlockColumn[] = [
        { name: 'raw', type: 'String' },
        { name: 'perhaps', type: 'Nullable(String)' },
      ];
      await create('contract_bytes', columns);
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      await store.insert([
        {
          table: 'contract_bytes',
          columns: [{ name: 'n', type: 'UInt32' }, ...columns],
          values: [[0, 1, 2], [all, new Uint8Array(), 'text'], [all, null, new Uint8Array()]],
          rows: 3,
        },
      ]);
      const hex = Buffer.from(all).toString('hex').toUpperCase();
      expect(await store.query('SELECT hex(raw) AS raw, hex(perhaps) AS perhaps FROM contract_bytes ORDER BY n')).toEqual([
        { raw: hex, perhaps: hex },
        { raw: '', perhaps: null },
        { raw: '74657874', perhaps: '' },
      ]);
    });

    it('stores what stands once as if every row had it', async () => {
      const columns: BlockColumn[] = [
        { name: 'name', type: 'LowCardinality(String)' },
        { name: 'text', type: 'String' },
        { name: 'time', type: 'DateTime64(3)' },
        { name: 'small', type: 'Int64' },
        { name: 'large', type: 'Int64' },
        { name: 'more', type: 'UInt64' },
        { name: 'all', type: 'UInt16' },
      ];
      await create('contract_repeats', columns);
      const places = Int32Array.of(1, 0, 2, 1);
      const long = 'é'.repeat(200);
      await store.insert([
        {
          table: 'contract_repeats',
          columns: [{ name: 'n', type: 'UInt32' }, ...columns],
          values: [
            [0, 1, 2, 3],
            { cells: ['a', '', 'c'], places },
            { cells: ['x', long, 'z'], places },
            { cells: [1, 0, -1], places: Int32Array.of(0, 2, 1, 0) },
            Float64Array.of(0, -7, 2 ** 31, -(2 ** 31)),
            { cells: Float64Array.of(0, 2 ** 53 - 1, -1), places },
            { cells: Float64Array.of(0, 2 ** 40, 5), places },
            { cells: [9], places: null },
          ],
          rows: 4,
        },
      ]);
      const row = (name: string, text: string, ms: number, small: number, large: number, more: number): object => ({
        ...{ name, text, ms, small, large, more, all: 9 },
      });
      expect(
        await store.query(
          'SELECT name, text, toUnixTimestamp64Milli(time) AS ms, small, large, more, all FROM contract_repeats ORDER BY n',
        ),
      ).toEqual([
        row('', long, 1, 0, 2 ** 53 - 1, 2 ** 40),
        row('a', 'x', -1, -7, 0, 0),
        row('c', 'z', 0, 2 ** 31, -1, 5),
        row('', long, 1, -(2 ** 31), 2 ** 53 - 1, 2 ** 40),
      ]);
      const misplaced: Block = {
        table: 'contract_repeats',
        columns: [{ name: 'text', type: 'String' }],
        values: [{ cells: ['x'], places: Int32Array.of(0, 1) }],
        rows: 2,
      };
      await expect(store.insert([misplaced])).rejects.toThrow(/text/);
    });

    it('refuses a value that does not fit its column, and names it', async () => {
      await create('contract_misfits', [{ name: 'small', type: 'UInt8' }]);
      const misfit = (value: unknown): Block => ({
        table: 'contract_misfits',
        columns: [{ name: 'small', type: 'UInt8' }],
        values: [[value]],
        rows: 1,
      });
      for (const value of [256, -1, 0.5, null, '1', undefined])
        await expect(store.insert([misfit(value)])).rejects.toThrow(/small/);
      expect(await store.query('SELECT count() AS rows FROM contract_misfits')).toEqual([{ rows: 0 }]);
    });

    it('joins blocks of several tables and shapes, and takes empty ones', async () => {
      await create('contract_a', [{ name: 'extra', type: 'String' }]);
      await create('contract_b', [{ name: 'extra', type: 'String' }]);
      const extra: Block = { table: 'contract_a', columns: [{ name: 'extra', type: 'String' }], values: [['only']], rows: 1 };
      await store.insert([
        counted('contract_a', 0, 2),
        counted('contract_b', 5, 1),
        counted('contract_a', 2, 3),
        counted('contract_a', 9, 0),
        extra,
      ]);
      await store.insert([]);
      expect(await store.query('SELECT count() AS rows, max(n) AS most FROM contract_a')).toEqual([{ rows: 6, most: 4 }]);
      expect(await store.query('SELECT n FROM contract_b')).toEqual([{ n: 5 }]);
    });

    it('takes inserts and queries at once', async () => {
      await create('contract_many', [{ name: 'extra', type: 'String' }]);
      const inserts = Array.from({ length: 8 }, (_, i) => store.insert([counted('contract_many', i * 1000, 1000)]));
      await Promise.all([
        ...inserts,
        ...Array.from({ length: 8 }, () => store.query('SELECT count() AS rows FROM contract_many')),
      ]);
      expect(await store.query('SELECT count() AS rows, uniqExact(n) AS distinct FROM contract_many')).toEqual([
        { rows: 8000, distinct: 8000 },
      ]);
    });

    it('binds typed parameters, whatever characters they hold', async () => {
      const text = `it's "quoted" \\ {brace} ; -- 数据\n\t`;
      const answer = await store.query('SELECT {text:String} AS text, {big:UInt64} AS big, {list:Array(String)} AS list', {
        text,
        big: SAFE,
        list: ['a', "b'c"],
      });
      expect(answer).toEqual([{ text, big: SAFE, list: ['a', "b'c"] }]);
    });

    it('rejects what the engine rejects', async () => {
      await expect(store.query('SELECT nonsense FROM nowhere')).rejects.toThrow();
      await expect(store.insert([counted('nowhere', 0, 1)])).rejects.toThrow(/nowhere/);
    });
  });
}
