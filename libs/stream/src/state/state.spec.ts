import fc from 'fast-check';
import { StateReader, StateWriter } from '..';

const written = (write: (writer: StateWriter) => void): StateReader => {
  const writer = new StateWriter();
  write(writer);
  return new StateReader(Buffer.concat(writer.finish()));
};

describe('state as bytes', () => {
  const plain = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, undefined, true, false, 0, -0, NaN, Infinity, -Infinity, 2 ** 51, 2 ** 53, -(2 ** 53), -1, 0.5),
      fc.integer(),
      fc.double(),
      // Lone surrogates too: a text must come back as it was.
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constantFrom('\ud800', 'a\udc00b', 'ü', '', 'x'.repeat(63) + 'é', 'x'.repeat(64), 'é'.repeat(200)),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(
        fc.string({ maxLength: 3 }).filter((name) => name !== '__proto__'),
        tie('value'),
        { maxKeys: 5, noNullPrototype: true },
      ),
    ),
  })).value;

  it('any plain values come back as they were', () => {
    fc.assert(
      fc.property(fc.array(plain), (values) => {
        const reader = written((writer) => values.forEach((value) => writer.value(value)));
        expect(values.map(() => reader.value())).toEqual(values);
        expect(reader.atEnd).toBe(true);
      }),
    );
  });

  it('typed arrays of any size come back aligned, whatever stands before them', () => {
    for (const length of [0, 1, 3, 100_000]) {
      const words = Uint32Array.from({ length }, (_, i) => i * 3);
      const numbers = Float64Array.from({ length }, (_, i) => i / 7);
      const reader = written((writer) => writer.count(1).array(words).string('é').array(numbers).count(300));
      expect(reader.count()).toBe(1);
      expect(reader.array(Uint32Array)).toEqual(words);
      expect(reader.string()).toBe('é');
      expect(reader.array(Float64Array)).toEqual(numbers);
      expect(reader.count()).toBe(300);
    }
  });

  it('what is written does not change with the array afterwards', () => {
    for (const length of [10, 100_000]) {
      const words = new Uint32Array(length).fill(7);
      const writer = new StateWriter().array(words);
      words.fill(8);
      expect(new StateReader(Buffer.concat(writer.finish())).array(Uint32Array)).toEqual(new Uint32Array(length).fill(7));
    }
  });

  it('equal texts and shapes are written once', () => {
    const row = { merchant_id: 'merchant-of-some-length', campaign_id: 'campaign-of-some-length' };
    const size = (rows: number): number => {
      const writer = new StateWriter();
      for (let i = 0; i < rows; i++) writer.value({ ...row });
      return Buffer.concat(writer.finish()).length;
    };
    expect(size(101) - size(1)).toBeLessThanOrEqual(100 * 6);
  });

  it('bytes that end early are an error, never a wrong value', () => {
    const bytes = Buffer.concat(new StateWriter().value({ a: [1, 'two', 3.5] }).finish());
    for (let length = 0; length < bytes.length; length++)
      expect(() => new StateReader(bytes.subarray(0, length)).value()).toThrow(RangeError);
  });

  it('what is no plain value is refused', () => {
    for (const value of [() => 1, Symbol('x'), new Uint8Array(2)])
      expect(() => new StateWriter().value(value)).toThrow(TypeError);
  });
});
