import { Interner } from './interner';

test('one text has one number, and the number gives the text back', () => {
  const names = new Interner();
  const [a, b] = [names.intern('a', 1), names.intern('b', 1)];
  expect(names.intern('a', 2)).toBe(a);
  expect(a).not.toBe(b);
  expect([names.find('a'), names.find('b'), names.find('c')]).toEqual([a, b, -1]);
  expect([names.text(a), names.text(b)]).toEqual(['a', 'b']);
});

test('a sweep takes back what was last used by then, and nothing that was used later', () => {
  const names = new Interner();
  names.intern('old', 1);
  const kept = names.intern('kept', 1);
  const touched = names.intern('touched', 1);
  names.intern('kept', 3);
  names.touch(touched, 3);
  names.intern('kept', 2);
  const freed: number[] = [];
  names.sweep(2, (number) => freed.push(number));
  expect(freed).toHaveLength(1);
  expect([names.find('old'), names.find('kept'), names.find('touched')]).toEqual([-1, kept, touched]);
});

test('numbers that fell free are given out again, so the table does not grow with time', () => {
  const names = new Interner();
  for (let bucket = 0; bucket < 1_000; bucket++) {
    for (let n = 0; n < 10; n++) names.intern(`${bucket} ${n}`, bucket);
    names.sweep(bucket - 2);
  }
  expect(names.size).toBe(20);
  expect(names.limit).toBeLessThanOrEqual(30);
});

test('a text that was just swept is unknown, the empty one too', () => {
  const names = new Interner();
  for (const text of ['', 'x']) {
    names.intern(text, 1);
    names.sweep(1);
    expect(names.find(text)).toBe(-1);
    expect(names.text(names.intern(text, 2))).toBe(text);
    names.sweep(2);
  }
});

test('a number that was never given out has no text', () => {
  expect(() => new Interner().text(0)).toThrow('no text has the number 0');
});
