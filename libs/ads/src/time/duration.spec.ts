import { formatDuration, parseDuration } from './duration';

test.each([
  ['0s', 0],
  ['250ms', 250],
  ['2s', 2_000],
  ['90m', 5_400_000],
  ['3h', 10_800_000],
  ['400d', 34_560_000_000],
  ['2w', 1_209_600_000],
  ['1d12h', 129_600_000],
])('%s', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['', '3', 'h', '3 h', '-3h', '1.5h', '3H', '3hours', `${'9'.repeat(17)}d`])('"%s" is no duration', (text) =>
  expect(parseDuration(text)).toBeNull(),
);

test.each([0, 2_000, 10_800_000, 129_600_000, 86_400_000, 1_500])('%d ms is read back as it was written', (ms) =>
  expect(parseDuration(formatDuration(ms))).toBe(ms),
);
