import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, workspace } from './command/bundle';
import { commitOf } from './command/commit';
import { runSeeds } from './command/run-seeds';
import { failure, faultTable, summary } from './command/summary';
import type { Told } from './command/worker';
import { simulate } from './simulation';

// Some hundred seeds, on a machine that may be busy.
jest.setTimeout(600_000);

const SEEDS = 200;
// Below the workspace, where the npm packages are found.
const folder = join(workspace, `dist/simulate-${process.pid}`);
let all: readonly Told[] = [];

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  all = await runSeeds({ program: await bundle(join(folder, 'simulate.cjs')), from: 1, seeds: SEEDS });
  process.stdout.write(`${summary(all)}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the simulator', () => {
  it(`finds nothing wrong in ${SEEDS} seeds`, () => {
    expect(all).toHaveLength(SEEDS);
    expect(all.filter(({ objections }) => objections.length > 0).map((each) => failure(each, commitOf()))).toEqual([]);
  });

  it('had every fault in some of them', () => {
    expect(faultTable(all).filter(({ times }) => times === 0)).toEqual([]);
  });

  it.each([1, 2, 3])('gives the same run again for seed %i, here and in another process', async (seed) => {
    const { trace, steps } = await simulate({ seed });
    expect(all[seed - 1]).toMatchObject({ seed, trace, steps });
  });

  it('gives another run for another seed', () => {
    expect(new Set(all.map(({ trace }) => trace)).size).toBe(SEEDS);
  });
});
