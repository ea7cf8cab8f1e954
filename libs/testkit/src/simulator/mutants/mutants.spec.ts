import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from '../command/bundle';
import { type Found, huntAll, MAX_SEEDS } from './hunt';
import { MUTANTS } from './table';

// A build and some seeds each, on a machine that may be busy.
jest.setTimeout(900_000);

describe('the simulator finds', () => {
  let all: readonly Found[] = [];
  beforeAll(async () => {
    all = await huntAll(() => undefined);
  });

  it.each(MUTANTS.map(({ name }) => name))('%s', (name) => {
    const found = all.find((one) => one.name === name);
    expect(found?.by).not.toBe('');
    expect(found?.seeds).toBeLessThanOrEqual(MAX_SEEDS);
  });
});

it('docs/simulator.md lists these mutants', () => {
  const docs = readFileSync(join(workspace, 'docs/simulator.md'), 'utf8');
  const listed = [...docs.matchAll(/^\| ([^|]+) \| (?:\d+|not found) \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(MUTANTS.map(({ name }) => name));
});
