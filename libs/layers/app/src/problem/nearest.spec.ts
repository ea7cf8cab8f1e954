import { nearest, unknownName } from './nearest';

test('the nearest valid name, whatever the case', () => {
  expect(nearest('Click', ['cost', 'clicks'])).toBe('clicks');
  expect(nearest('GROUPBY', ['groupBy', 'from'])).toBe('groupBy');
});

test('nothing when nothing is near, or nothing is valid', () => {
  expect(nearest('xyzzy', ['clicks', 'cost'])).toBeNull();
  expect(nearest('clicks', [])).toBeNull();
  expect(unknownName('metric', 'xyzzy', ['clicks'])).toBe('There is no metric "xyzzy". Known: clicks.');
});
