import fc from 'fast-check';
import { Watermark } from './watermark';

describe('Watermark', () => {
  const hear = (watermark: Watermark, writer: string, clock_ms: number): boolean =>
    watermark.observe(watermark.writer(writer), clock_ms);

  it('is the slowest writer, less the lateness', () => {
    const watermark = new Watermark(10);
    watermark.announce(['a', 'b']);
    hear(watermark, 'a', 100);
    hear(watermark, 'b', 70);
    expect(watermark.value_ms).toBe(60);
    expect(hear(watermark, 'b', 130)).toBe(true);
    expect(watermark.value_ms).toBe(90);
  });

  it('waits for the announcement, and then for each writer that was announced', () => {
    const watermark = new Watermark(0);
    expect(hear(watermark, 'a', 100)).toBe(false);
    expect(watermark.announce(['a', 'b'])).toBe(false);
    expect(watermark.value_ms).toBe(-Infinity);
    expect(hear(watermark, 'b', 50)).toBe(true);
    expect(watermark.value_ms).toBe(50);
  });

  it('counts what was heard before the announcement', () => {
    const watermark = new Watermark(0);
    hear(watermark, 'a', 100);
    expect(watermark.announce(['a'])).toBe(true);
    expect(watermark.value_ms).toBe(100);
  });

  it('neither falls nor rises when a writer is new, until that one is heard', () => {
    const watermark = new Watermark(0);
    watermark.announce(['a']);
    hear(watermark, 'a', 100);
    watermark.announce(['a', 'late']);
    expect(hear(watermark, 'a', 200)).toBe(false);
    expect(watermark.value_ms).toBe(100);
    expect(hear(watermark, 'late', 40)).toBe(false);
    expect(watermark.value_ms).toBe(100);
    expect(hear(watermark, 'late', 150)).toBe(true);
    expect(watermark.value_ms).toBe(150);
  });

  it('takes stale clocks for what they are', () => {
    const watermark = new Watermark(0);
    watermark.announce(['a']);
    hear(watermark, 'a', 100);
    expect(hear(watermark, 'a', 30)).toBe(false);
    expect(watermark.clocks()).toEqual({ a: 100 });
  });

  it('equals the minimum of the maxima after any history', () => {
    const writers = ['a', 'b', 'c', 'd'];
    const heard = fc.record({ writer: fc.constantFrom(...writers), clock_ms: fc.integer({ min: 0, max: 50 }) });
    fc.assert(
      fc.property(fc.array(heard), (history) => {
        const watermark = new Watermark(5);
        watermark.announce(writers);
        const clocks = new Map(writers.map((writer) => [writer, -Infinity]));
        let before = -Infinity;
        for (const { writer, clock_ms } of history) {
          clocks.set(writer, Math.max(clock_ms, clocks.get(writer) ?? -Infinity));
          const rose = hear(watermark, writer, clock_ms);
          expect(watermark.value_ms).toBe(Math.min(...clocks.values()) - 5);
          expect(rose).toBe(watermark.value_ms > before);
          before = watermark.value_ms;
        }
      }),
    );
  });
});
