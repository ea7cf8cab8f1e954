import fc from 'fast-check';
import { dayName, DAY_MS, daysFromCivil, parseDay } from './civil';
import { parseRfc3339 } from './rfc3339';

describe('civil dates', () => {
  test('agree with Date over the whole of its range, forth and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (day) => {
        const name = new Date(day * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length);
        expect(dayName(day)).toBe(name);
        expect(parseDay(name)).toBe(day);
      }),
    );
  });

  test.each(['2023-02-29', '1900-02-29', '2023-13-01', '2023-00-10', '2023-04-31', '2023-1-1', '2023-01-01T', '', '20230101'])(
    '%p is no day',
    (name) => {
      expect(parseDay(name)).toBeNull();
    },
  );

  test('the leap days of 2000 and 2024 are days', () => {
    expect(parseDay('2000-02-29')).toBe(daysFromCivil(2000, 2, 29));
    expect(parseDay('2024-02-29')).toBe(daysFromCivil(2024, 3, 1) - 1);
  });
});

describe('parseRfc3339', () => {
  test.each([
    ['2013-10-21T19:23:00.738Z', Date.UTC(2013, 9, 21, 19, 23, 0, 738)],
    ['2013-10-21T19:23:00Z', Date.UTC(2013, 9, 21, 19, 23, 0)],
    ['2013-10-21t19:23:00z', Date.UTC(2013, 9, 21, 19, 23, 0)],
    ['2013-10-21 19:23:00+08:00', Date.UTC(2013, 9, 21, 11, 23, 0)],
    ['2013-10-21T23:59:59-09:30', Date.UTC(2013, 9, 22, 9, 29, 59)],
    ['2013-10-21T19:23:00.7389999999Z', Date.UTC(2013, 9, 21, 19, 23, 0, 738)],
    ['2013-10-21T19:23:00.7Z', Date.UTC(2013, 9, 21, 19, 23, 0, 700)],
    ['2024-02-29T00:00:00-00:00', Date.UTC(2024, 1, 29)],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1) - 1],
    ['2017-01-01T07:59:60.5+08:00', Date.UTC(2017, 0, 1) - 1],
  ])('%s', (text, instant) => {
    expect(parseRfc3339(text)).toBe(instant);
  });

  test.each([
    '',
    '2013-10-21',
    '2013-10-21T19:23:00',
    '2013-10-21T19:23Z',
    '2013-10-21T19:23:00.Z',
    '2013-10-21T19:23:00+0800',
    '2013-10-21T19:23:00+08',
    '2013-10-21T19:23:00+24:00',
    '2013-10-21T19:23:00+08:60',
    '2013-10-21T24:00:00Z',
    '2013-10-21T19:60:00Z',
    '2013-10-21T19:23:61Z',
    '2013-10-21T19:23:60Z',
    '2023-02-29T00:00:00Z',
    '2013-04-31T00:00:00Z',
    '2013-00-01T00:00:00Z',
    '2013-01-00T00:00:00Z',
    '2013-10-21T19:23:00Zx',
    '2013-10-21T19:23:00Z ',
    ' 2013-10-21T19:23:00Z',
    '2013/10/21T19:23:00Z',
    '+2013-10-21T19:23:00Z',
    '20x3-10-21T19:23:00Z',
    '2013-10-21T19:23:00.12a3Z',
  ])('%p is no date-time', (text) => {
    expect(parseRfc3339(text)).toBeNaN();
  });

  test('reads back whatever toISOString writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          expect(parseRfc3339(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789-:+.TZtz '), maxLength: 35 }), (text) => {
        const parsed = parseRfc3339(text);
        expect(Number.isNaN(parsed) || Number.isSafeInteger(parsed)).toBe(true);
      }),
    );
  });
});
