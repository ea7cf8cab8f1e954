import { ownCpu_us } from './cpu';

const TEXT = JSON.stringify(
  Array.from({ length: 200 }, (_, i) => ({ id: `e${i}`, time: 1_700_000_000_000 + i, user: `u${i % 17}` })),
);
const ROUNDS = 400;

/**
 * CPU µs of a fixed piece of work (parsing, a map, additions) in this process: how fast the machine is just now. Two figures
 * taken at different times are compared by their ratio to it.
 */
export function yardstick_us(): number {
  let best = Infinity;
  for (let attempt = 0; attempt < 3; attempt++) {
    const before = ownCpu_us();
    const sums = new Map<string, number>();
    for (let i = 0; i < ROUNDS; i++)
      for (const { user, time } of JSON.parse(TEXT) as { user: string; time: number }[])
        sums.set(user, (sums.get(user) ?? 0) + time);
    best = Math.min(best, (ownCpu_us() - before) / ROUNDS);
  }
  return best;
}
