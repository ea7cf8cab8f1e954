import { GrafanaVariable, panelSql } from './panel-sql';

const inSql = (value: unknown, type: string): string => panelSql({ sql: `{v:${type}}`, params: { v: value } });

describe('a value stands in a panel’s statement as its type says', () => {
  it.each([
    ['m-1', 'String', "'m-1'"],
    ["it's a \\", 'String', "'it\\'s a \\\\'"],
    [['a', 'b'], 'Array(String)', "['a', 'b']"],
    [1_741_000_000_000, 'Int64', '1741000000000'],
    [new GrafanaVariable('$__fromTime_ms'), 'Int64', '$__fromTime_ms'],
    [[new GrafanaVariable('${merchant:singlequote}')], 'Array(String)', '[${merchant:singlequote}]'],
  ])('%j as %s', (value, type, written) => expect(inSql(value, type)).toBe(written));

  it.each([
    ['1', 'UInt32'],
    [1.5, 'Int64'],
    [1, 'Float64'],
    [undefined, 'String'],
  ])('%j is no %s', (value, type) => expect(() => inSql(value, type)).toThrow(RangeError));
});
