import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { FAULTS } from './faults';
import type { Outcome } from './run';

/** The few faults that CI runs, as `npm run faults -- --short` does, on what nx built before it ran the tests. */

jest.setTimeout(600_000);

const PROGRAM = join(__dirname, '../../../dist/tools/faults/main.js');

test('under every fault of the short form, the totals are the source’s own when it is over', async () => {
  const child = spawn(process.execPath, ['--enable-source-maps', PROGRAM, '--short', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let document = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (document += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (document === '') throw new Error(`no report:\n${said}`);
  const { outcomes } = JSON.parse(document) as { outcomes: readonly Outcome[] };
  expect(outcomes.map(({ fault, wrong }) => ({ fault, wrong }))).toEqual(
    FAULTS.filter(({ short }) => short).map(({ name }) => ({ fault: name, wrong: [] })),
  );
  for (const { equal, of } of outcomes) expect([equal, of > 100]).toEqual([of, true]);
  expect(code).toBe(0);
});
