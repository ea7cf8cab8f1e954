import { TallyingMeter } from './tallying-meter';

test('passes on, and sums by some of the labels', () => {
  const next = { count: jest.fn(), gauge: jest.fn(), observe: jest.fn(), forget: jest.fn() };
  const meter = new TallyingMeter(next);
  meter.count('rows', 2, { layer: 'dws', partition: '0' });
  meter.count('rows', 3, { layer: 'dws', partition: '1' });
  meter.count('rows', 4, { layer: 'dws', partition: '0' });
  meter.count('rows', 100, { layer: 'dwd', partition: '0' });
  meter.gauge('lag', 1);
  meter.observe('seconds', 1);
  expect(meter.sum('rows', { layer: 'dws' })).toBe(9);
  expect(meter.sum('rows', { layer: 'dws', partition: '0' })).toBe(6);
  expect(meter.sum('unheard of', {})).toBe(0);
  expect(next.count).toHaveBeenCalledTimes(4);
  expect(next.gauge).toHaveBeenCalledWith('lag', 1, undefined);
});
