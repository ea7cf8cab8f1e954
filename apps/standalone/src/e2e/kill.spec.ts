import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { documentOf, truthOf } from '../testing/documents';
import { testDirectory } from '../testing/directory';
import { endAll, start } from '../testing/process';

/**
 * `kill -9` at random moments of a run, and another run over the same data: between append and commit, in an emission, in
 * a checkpoint, in the recovery from the last one. `MILLRACE_KILLS` asks for more of them, `MILLRACE_SEED` for others.
 */
const KILLS = Number(process.env['MILLRACE_KILLS'] ?? 12);
const SEED = Number(process.env['MILLRACE_SEED'] ?? 1);

/** Long enough for a program to have begun. */
const STARTS_WITHIN_MS = 3_000;

/** A bound, not a measure: the machine may be busy with other things. */
jest.setTimeout(600_000 + KILLS * 60_000);
const { path } = testDirectory();
afterEach(endAll);

const TRAFFIC = ['--lines-per-day', '1500', '--emit-every', '100ms', '--snapshot-every', '50ms', '--exit', '--json'];

test(`killed ${KILLS} times, and started again: as if nothing had happened`, async () => {
  const began_ms = Date.now();
  const undisturbed = await documentOf(...TRAFFIC);
  // However busy the machine is: the moments lie anywhere in a run.
  const run_ms = Date.now() - began_ms;
  const random = randomOf(SEED);
  const data = ['--data', path('killed')];
  let restored = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const held = holdsSnapshot(path('killed'));
    const process = start(...data, ...TRAFFIC);
    if (kill % 3 === 2) {
      // Before it works at all: opening what is there, making tables, taking up state.
      await new Promise((resolve) => setTimeout(resolve, random() * STARTS_WITHIN_MS));
      await process.kill('SIGKILL');
      continue;
    }
    // A snapshot that was finished before a kill is what the next run goes on from.
    await process.said(held ? /restored \S+ as of/ : /restored|replaying|rebuilding/);
    if (held) restored++;
    // However slow the run is, every other one gets as far as a snapshot.
    if (kill % 2 === 0) await Promise.race([process.finished, untilSnapshot(path('killed'))]);
    await new Promise((resolve) => setTimeout(resolve, random() * run_ms));
    await process.kill('SIGKILL');
    expect(process.stderr).not.toMatch(/was not used/);
  }
  expect(truthOf(await documentOf(...data, ...TRAFFIC))).toEqual(truthOf(undisturbed));
  // Else nothing was shown of snapshots.
  expect(restored).toBeGreaterThan(0);
});

const holdsSnapshot = (data: string): boolean =>
  existsSync(join(data, 'snapshots')) &&
  readdirSync(join(data, 'snapshots'), { recursive: true }).some((name) => String(name).includes('manifest@'));

const untilSnapshot = async (data: string): Promise<void> => {
  while (!holdsSnapshot(data)) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** Park and Miller's generator, from 0 to 1. */
const randomOf = (seed: number): (() => number) => {
  const PRIME = 2_147_483_647;
  let state = (seed % (PRIME - 1)) + 1;
  return () => (state = (state * 48_271) % PRIME) / PRIME;
};
