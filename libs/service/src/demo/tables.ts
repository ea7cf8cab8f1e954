import type { DayAnswer, Value } from './answers';
import type { Check } from './check';

/** A whole number with its thousands apart. */
export const number = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');

const whole = (value: Value | undefined): number =>
  typeof value === 'number' ? value : Object.values(value ?? {}).reduce<number>((sum, part) => sum + Number(part), 0);

const COLUMNS: readonly (readonly [string, (metrics: DayAnswer['metrics']) => string])[] = [
  ['exposures', (m) => number(whole(m['exposures']))],
  ['clicks', (m) => number(whole(m['clicks']))],
  ['click_uv', (m) => number(whole(m['click_uv']))],
  ['cost', (m) => number(whole(m['cost']))],
  ['messages', (m) => number(whole(m['messages']))],
  ['orders', (m) => number(whole(m['orders']))],
  ['direct', (m) => part(m['orders'], 'direct')],
  ['indirect', (m) => part(m['orders'], 'indirect')],
  ['organic', (m) => part(m['orders'], 'organic')],
  ['gmv', (m) => number(whole(m['gmv']))],
  ['refunds', (m) => number(whole(m['refund_amount']))],
];

const part = (value: Value | undefined, attribution: string): string =>
  typeof value === 'object' && value !== null
    ? number(Number(Object.entries(value).find(([name]) => name === attribution)?.[1] ?? 0))
    : '0';

/** The table by day; amounts in minor units. */
export const dayTable = (days: readonly DayAnswer[]): string[] => {
  const rows = [
    ['day', ...COLUMNS.map(([name]) => name)],
    ...days.map(({ day, metrics }) => [day, ...COLUMNS.map(([, cell]) => cell(metrics))]),
  ];
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('  '),
  );
};

export const checkLines = ({ equal, of, differences }: Check): string[] => [
  ...differences,
  `check: ${equal} of ${of} totals equal the source's own answer`,
];
