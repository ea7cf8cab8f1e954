import { zoneOf } from '@millrace/ads';
import { daysBetween, dayState } from './days';

const zone = zoneOf('Asia/Shanghai');
const at = (text: string): number => Date.parse(`${text}+08:00`);
const day = zone.dayOf(at('2014-11-11T12:00:00'));
const end = at('2014-11-12T00:00:00');

test('a range touches the days of its first and its last instant', () => {
  const names = (from: string, to: string) => daysBetween(at(from), at(to), zone).map((each) => zone.dayName(each));
  expect(names('2014-11-11T00:00:00', '2014-11-12T00:00:00')).toEqual(['2014-11-11']);
  expect(names('2014-11-11T23:00:00', '2014-11-12T00:01:00')).toEqual(['2014-11-11', '2014-11-12']);
});

// R14
test.each([
  ['live until midnight', null, end - 1, 'live'],
  ['closing from midnight on', null, end, 'closing'],
  ['closing while the watermark is not past its end', end, end + 1, 'closing'],
  ['sealed when it is', end + 1, end + 1, 'sealed'],
  ['sealed by its own time, whatever the clock says', end + 1, end - 1, 'sealed'],
])('a day is %s', (_, watermark, now, state) => {
  expect(dayState(day, zone, watermark, now)).toBe(state);
});
