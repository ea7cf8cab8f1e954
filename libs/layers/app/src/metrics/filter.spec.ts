import { Faults } from '../problem/faults';
import { parseFilter } from './filter';

const parse = (...given: string[]) => {
  const faults = new Faults();
  const filter = parseFilter(given, faults);
  return { filter, faults: faults.any ? faults.refusal().detail : null };
};

test('several values, several fields; a repeated field adds its values', () => {
  expect(parse('merchant_id:1,2', 'item_id:9', 'merchant_id:2,3')).toEqual({
    filter: { merchant_id: ['1', '2', '3'], item_id: ['9'] },
    faults: null,
  });
});

test('colons belong to the value; commas and backslashes are escaped', () => {
  expect(parse('ad_id:a:b', String.raw`item_id:x\,y,z\\,\n`).filter).toEqual({
    ad_id: ['a:b'],
    item_id: ['x,y', 'z\\', String.raw`\n`],
  });
});

test.each([
  ['merchant:1', 'There is no field "merchant". Did you mean "merchant_id"?'],
  ['merchant_id', 'names no value'],
  ['merchant_id:', 'names no value'],
  [`merchant_id:${Array.from({ length: 1_001 }, (_, index) => index).join(',')}`, 'at most 1000'],
])('%.20s is refused', (given, expected) => {
  expect(parse(given).faults).toContain(expected);
});
