import { zoneOf } from '@millrace/ads';
import { boundariesAround, isBoundary } from './alignment';

const at = (text: string): number => Date.parse(text);

test('days of the zone begin at its midnights, those of 23 and 25 hours too', () => {
  const berlin = zoneOf('Europe/Berlin');
  expect(boundariesAround(at('2024-03-31T12:00:00Z'), 'day', berlin)).toEqual([
    at('2024-03-30T23:00:00Z'),
    at('2024-03-31T22:00:00Z'),
  ]);
  expect(boundariesAround(at('2024-10-27T12:00:00Z'), 'day', berlin)).toEqual([
    at('2024-10-26T22:00:00Z'),
    at('2024-10-27T23:00:00Z'),
  ]);
});

test('hours of a zone with a half-hour offset begin at its own full hours', () => {
  expect(boundariesAround(at('2024-03-31T12:00:00Z'), 'hour', zoneOf('Asia/Kolkata'))).toEqual([
    at('2024-03-31T11:30:00Z'),
    at('2024-03-31T12:30:00Z'),
  ]);
});

test('an hour is cut short where the offset changes by half an hour', () => {
  // Lord Howe went from +10:30 to +11:00 at 02:00 local time: 02:30 follows 01:59.
  const lordHowe = zoneOf('Australia/Lord_Howe');
  expect(boundariesAround(at('2024-10-05T15:30:00Z'), 'hour', lordHowe)).toEqual([
    at('2024-10-05T15:30:00Z'),
    at('2024-10-05T16:00:00Z'),
  ]);
});

test('minutes and totals are cut at full minutes', () => {
  const utc = zoneOf('UTC');
  expect(isBoundary(at('2024-03-31T12:07:00Z'), 'minute', utc)).toBe(true);
  expect(isBoundary(at('2024-03-31T12:07:00.001Z'), 'total', utc)).toBe(false);
  expect(isBoundary(at('2024-03-31T12:07:00Z'), 'hour', utc)).toBe(false);
});
