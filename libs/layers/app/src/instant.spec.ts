import { zoneOf } from '@millrace/ads';
import { instantWriter, parseInstant } from './instant';

const shanghai = zoneOf('Asia/Shanghai');

describe('an instant of a question', () => {
  test.each([
    ['2014-11-11', '2014-11-10T16:00:00.000Z'],
    ['2014-11-11T00:00:00+08:00', '2014-11-10T16:00:00.000Z'],
    ['2014-11-11T00:00:00 08:00', '2014-11-10T16:00:00.000Z'],
    ['2014-11-11T00:00:00.250Z', '2014-11-11T00:00:00.250Z'],
    ['2014-11-11T00:00:00-03:30', '2014-11-11T03:30:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parseInstant(text, shanghai) ?? NaN).toISOString()).toBe(expected);
  });

  test.each([
    '',
    'yesterday',
    '2014-11-31',
    '2014-11-11T00:00:00',
    '2014-11-11T25:00:00Z',
    '1416000000000',
    '+012014-11-11',
    '1800-01-01',
    '2400-01-01',
  ])('%j is none', (text) => {
    expect(parseInstant(text, shanghai)).toBeUndefined();
  });

  test('a date is the first instant of the day where midnight was skipped', () => {
    // Clocks in São Paulo went from 23:59:59 to 01:00:00.
    expect(parseInstant('2017-10-15', zoneOf('America/Sao_Paulo'))).toBe(Date.parse('2017-10-15T01:00:00-02:00'));
  });
});

describe('an instant of an answer', () => {
  test.each([
    ['Asia/Shanghai', '2014-11-11T00:00:00+08:00'],
    ['UTC', '2014-11-10T16:00:00Z'],
    ['Asia/Kathmandu', '2014-11-10T21:45:00+05:45'],
    ['America/St_Johns', '2014-11-10T12:30:00-03:30'],
  ])('in %s is %s', (zone, expected) => {
    expect(instantWriter(zone)(Date.UTC(2014, 10, 10, 16))).toBe(expected);
  });

  test('follows the offset through a change, and says the fraction when there is one', () => {
    const write = instantWriter('Europe/Berlin');
    expect(write(Date.UTC(2024, 9, 27, 0, 30))).toBe('2024-10-27T02:30:00+02:00');
    expect(write(Date.UTC(2024, 9, 27, 1, 30, 0, 5))).toBe('2024-10-27T02:30:00.005+01:00');
  });
});
