import fc from 'fast-check';
import { scaleDecimal } from './decimal';
import { compileTimePattern } from './time-pattern';

describe('scaleDecimal', () => {
  test.each([
    ['12.34', 2, 1234],
    ['12', 2, 1200],
    ['12.3', 2, 1230],
    ['12.3400', 2, 1234],
    ['0.07', 2, 7],
    ['-0.07', 2, -7],
    ['+1.5', 1, 15],
    ['007', 0, 7],
    ['1.15', 2, 115], // 1.15 * 100 is 114.99999999999999
    ['90071992547409.91', 2, Number.MAX_SAFE_INTEGER],
  ])('%p with %d decimals', (text, decimals, minor) => {
    expect(scaleDecimal(text, decimals)).toBe(minor);
  });

  test.each([
    ['12.345', 2],
    ['', 2],
    ['.5', 2],
    ['5.', 2],
    ['1e3', 0],
    ['1,234', 0],
    ['0x10', 0],
    [' 1', 0],
    ['NaN', 0],
    ['90071992547409.92', 2],
  ])('%p with %d decimals is no amount', (text, decimals) => {
    expect(scaleDecimal(text, decimals)).toBeNaN();
  });

  test('moves digits exactly', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 }), (minor, decimals) => {
        const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
        const cut = digits.length - decimals;
        const text = `${minor < 0 ? '-' : ''}${digits.slice(0, cut)}${decimals > 0 ? `.${digits.slice(cut)}` : ''}`;
        expect(scaleDecimal(text, decimals) + 0).toBe(minor + 0);
      }),
    );
  });
});

describe('compileTimePattern', () => {
  test.each([
    ['yyyyMMddHHmmssSSS', '20131021192300738', Date.UTC(2013, 9, 21, 19, 23, 0, 738)],
    ['yyyy-MM-dd HH:mm:ss', '2013-10-21 19:23:00', Date.UTC(2013, 9, 21, 19, 23)],
    ['dd/MM/yyyy', '21/10/2013', Date.UTC(2013, 9, 21)],
    ['yyyy-MM-ddTHH:mm', '2013-10-21T19:23', Date.UTC(2013, 9, 21, 19, 23)],
  ])('%s reads %s', (pattern, text, local_ms) => {
    expect(compileTimePattern(pattern)?.(text)).toBe(local_ms);
  });

  test.each([
    '2013-02-29 00:00:00',
    '2013-10-21 24:00:00',
    '2013-10-21 19:60:00',
    '2013-10-21 19:23:60',
    '2013-10-21',
    '2013-10-21 19:23:00 ',
    '2013/10/21 19:23:00',
    '2013-1x-21 19:23:00',
  ])('%p is no yyyy-MM-dd HH:mm:ss', (text) => {
    expect(compileTimePattern('yyyy-MM-dd HH:mm:ss')?.(text)).toBeNaN();
  });

  test.each(['', 'HH:mm', 'yyyyMM', 'yyyyMMddMM', 'YYYY-MM-DD', 'yyyy-MM-dd a', 'yy-MM-dd', 'yyyyMMdd1'])(
    '%p is no pattern',
    (pattern) => {
      expect(compileTimePattern(pattern)).toBeNull();
    },
  );
});
