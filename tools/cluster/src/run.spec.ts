import { runSteps } from './run';
import type { Step } from './steps';
import type { Trial } from './trial';

const trial = { say: () => undefined } as unknown as Trial;
const done: string[] = [];
const step = (name: string, more: Partial<Step> = {}): Step => ({
  name,
  says: '',
  limit_ms: 60_000,
  needs: { stores: false },
  run: async () => {
    done.push(name);
    return [name];
  },
  ...more,
});
const fails: Step['run'] = () => Promise.reject(new Error('it is broken'));
const run = async (steps: readonly Step[], signal = new AbortController().signal): Promise<readonly (string | null)[]> =>
  (await runSteps(steps, trial, signal)).map(({ wrong }) => wrong);
beforeEach(() => void done.splice(0));

test('a step that fails keeps no other from being tried', async () => {
  expect(await run([step('a', { run: fails }), step('b')])).toEqual(['it is broken', null]);
});

test('without the first ones nothing else makes sense, but the last', async () => {
  await run([step('install', { first: true, run: fails }), step('b'), step('clean', { last: true })]);
  expect(done).toEqual(['clean']);
});

test('a step that never ends is given up, and so is one that is interrupted; the last runs all the same', async () => {
  const never: Step['run'] = () => new Promise(() => undefined);
  expect(await run([step('a', { run: never, limit_ms: 20 })])).toEqual(['not done within 0.02 s']);
  const stopping = new AbortController();
  const running = run([step('a', { run: never }), step('b'), step('clean', { last: true })], stopping.signal);
  stopping.abort();
  expect(await running).toEqual(['stopped', null]);
  expect(done).toEqual(['clean']);
});
