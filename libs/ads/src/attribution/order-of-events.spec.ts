import fc from 'fast-check';
import { compareEvents, compareUtf8 } from './order-of-events';

const sign = (n: number): number => Math.sign(n);

test('strings compare as their UTF-8 bytes do', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '\ud7ff', '\ue000', '\uff5e', '\uffff', '\u{10000}', '\u{10ffff}'),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(sign(compareUtf8(a, b))).toBe(sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
    { numRuns: 2_000 },
  );
});

test('any two strings compare as their UTF-8 bytes do', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(sign(compareUtf8(a, b))).toBe(sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});

test('events compare by time, then source, then id', () => {
  const event = { time: 1, source: 'b', event_id: 'b' };
  expect(compareEvents(event, { time: 2, source: 'a', event_id: 'a' })).toBeLessThan(0);
  expect(compareEvents(event, { ...event, source: 'c', event_id: 'a' })).toBeLessThan(0);
  expect(compareEvents(event, { ...event, event_id: 'a' })).toBeGreaterThan(0);
  expect(compareEvents(event, { ...event })).toBe(0);
});
