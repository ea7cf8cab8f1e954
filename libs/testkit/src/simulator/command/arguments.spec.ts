import { readArguments } from './arguments';
import { failure } from './summary';

it('asks for what was said', () => {
  expect(readArguments([])).toEqual({ what: 'many', from: 1, seeds: 300 });
  expect(readArguments(['--seeds', '5', '--from', '7'])).toEqual({ what: 'many', from: 7, seeds: 5 });
  expect(readArguments(['--seed', '5', '--trace'])).toEqual({ what: 'one', seed: 5, trace: true, only: null });
});

it.each([
  [['--seeds', 'abc'], '--seeds: expected a whole number from 1 on, not "abc"'],
  [['--seeds', '0'], '--seeds: expected a whole number from 1 on, not "0"'],
  [['--seed', 'x'], '--seed: expected a whole number from 0 on, not "x"'],
  [['--mutant', 'nosuch'], '--mutant: no mutant\'s name contains "nosuch"'],
  [['--seed', '1', '--faults', 'nosuch'], '--faults: "nosuch" is no fault; there are '],
  [['--faults', 'nosuch'], '--faults: means nothing without --seed S'],
  [['--sedes', '1'], "Unknown option '--sedes'"],
])('%j is refused: nothing that runs nothing succeeds', (args, says) => {
  expect(() => readArguments(args)).toThrow(says);
});

it('a failing seed is told with its commit and how to see it again', () => {
  const told = { seed: 12, objections: ['two credits'], trace: 'abc' } as unknown as Parameters<typeof failure>[0];
  expect(failure(told, '1a2b3c4', ['redis lost'])).toBe(
    'seed 12 failed at commit 1a2b3c4, trace abc\n  two credits\n  replay: npm run simulate -- --seed 12 --trace --faults redis lost',
  );
});
