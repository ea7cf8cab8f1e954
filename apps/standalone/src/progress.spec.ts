import { Progress } from './progress';

const stream = (terminal: boolean) => {
  const written: string[] = [];
  return { isTTY: terminal, columns: 20, write: (text: string | Uint8Array) => written.push(String(text)) > 0, written };
};

test('on a terminal: one line, written over, no wider than the terminal, often', () => {
  const out = stream(true);
  let now_ms = 0;
  const progress = new Progress(() => now_ms, out);
  progress.show('a long line of 30 characters!!');
  now_ms = 50;
  progress.show('too soon');
  now_ms = 100;
  progress.show('short');
  progress.done('done');
  progress.leave();
  expect(out.written).toEqual(['\ra long line of 30 c', `\r${'short'.padEnd(19)}`, '\rdone ', '\n']);
});

test('elsewhere: whole lines, seldom, but always the last one', () => {
  const out = stream(false);
  let now_ms = 0;
  const progress = new Progress(() => now_ms, out);
  for (; now_ms < 12_000; now_ms += 100) progress.show(`at ${now_ms}`);
  progress.done('done');
  expect(out.written).toEqual(['at 0\n', 'at 5000\n', 'at 10000\n', 'done\n']);
});

test('what is said in between begins on a line of its own', () => {
  const out = stream(true);
  const progress = new Progress(() => 0, out);
  progress.leave();
  progress.show('half');
  progress.leave();
  expect(out.written).toEqual(['\rhalf', '\n']);
});
