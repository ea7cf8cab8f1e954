import type { Clock } from '@millrace/stream';
import { Dependencies, WaitEndedError } from './dependencies';

const setUp = () => {
  const pauses: number[] = [];
  const lines: string[] = [];
  const gauges: number[] = [];
  const clock: Clock = {
    now_ms: () => 0,
    sleep: async (ms) => {
      pauses.push(ms);
      // Whatever is answered without waiting comes first.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const note = (about: object, line?: string): void =>
    void lines.push(`${line}${'reason' in about ? `: ${String(about.reason)}` : ''}`);
  const dependencies = new Dependencies({
    clock,
    meter: {
      count: () => undefined,
      observe: () => undefined,
      forget: () => undefined,
      gauge: (_name, value) => void gauges.push(value),
    },
    logger: { info: note, warn: note } as never,
  });
  return { pauses, lines, gauges, dependencies };
};

test('waits with growing, bounded pauses, is not ready meanwhile, and says so once', async () => {
  const { pauses, lines, gauges, dependencies } = setUp();
  let attempts = 0;
  const reasons: string[] = [];
  const answer = await dependencies.until(
    'kafka',
    async () => {
      if (attempts++ === 40) return 'here';
      reasons.push(dependencies.reasons.join());
      throw new Error(`connect ECONNREFUSED ${attempts}`);
    },
    new AbortController().signal,
  );
  expect(answer).toBe('here');
  expect(lines).toEqual(['waiting for kafka: connect ECONNREFUSED 1', 'kafka answers']);
  expect(reasons[1]).toBe('kafka: connect ECONNREFUSED 1');
  expect(dependencies.reasons).toEqual([]);
  expect(pauses).toHaveLength(40);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(15_000);
  expect(Math.max(...pauses.slice(20))).toBeGreaterThan(Math.max(...pauses.slice(0, 3)));
  expect(gauges.at(0)).toBe(0);
  expect(gauges.at(-1)).toBe(1);
});

test('waits no longer than it is wanted, and not for what waiting cannot mend', async () => {
  const { dependencies, pauses } = setUp();
  const stopping = new AbortController();
  const refuse = async (): Promise<never> => {
    stopping.abort();
    throw new Error('no');
  };
  await expect(dependencies.until('store', refuse, stopping.signal)).rejects.toThrow(WaitEndedError);
  expect(pauses).toHaveLength(1);
  await expect(dependencies.until('store', refuse, new AbortController().signal, () => true)).rejects.toThrow('no');
});

test('one that goes away and comes back makes two lines, however often it is asked', async () => {
  const { dependencies, lines } = setUp();
  const stopping = new AbortController();
  const answers = [true, false, false, false, true, true];
  dependencies.tell('redis', null);
  await dependencies.watch(
    'redis',
    async () => {
      const answer = answers.shift();
      if (answer === undefined) stopping.abort();
      if (answer === false) throw new AggregateError([new Error('connect ECONNREFUSED')]);
    },
    stopping.signal,
  );
  expect(lines).toEqual(['redis answers', 'redis went away: connect ECONNREFUSED', 'redis answers']);
});

test('one that does not answer at all has gone away, and is not asked twice at a time', async () => {
  const { dependencies, lines } = setUp();
  const stopping = new AbortController();
  let asked = 0;
  let answer: () => void = () => undefined;
  const reasons: string[] = [];
  dependencies.tell('kafka', null);
  const tell = dependencies.tell.bind(dependencies);
  dependencies.tell = (name, reason) => {
    tell(name, reason);
    reasons.push(reason ?? 'answers');
    if (reasons.length === 3) answer();
    if (reason === null) stopping.abort();
  };
  await dependencies.watch(
    'kafka',
    () => (asked++ === 0 ? new Promise<void>((resolve) => (answer = resolve)) : Promise.resolve()),
    stopping.signal,
  );
  expect(reasons.slice(0, 3)).toEqual(Array(3).fill('no answer within 5 s'));
  expect(reasons.at(-1)).toBe('answers');
  // Three looks at the first question, and a second one once that was answered.
  expect(asked).toBe(2);
  expect(lines).toEqual(['kafka answers', 'kafka went away: no answer within 5 s', 'kafka answers']);
});

test('what is not needed is told, and no reason not to be ready', async () => {
  const { dependencies, gauges, lines } = setUp();
  const stopping = new AbortController();
  let asked = 0;
  const ping = async (): Promise<void> => {
    if (asked++ < 2) throw new Error('connect ECONNREFUSED');
    stopping.abort();
  };
  const watching = dependencies.watch('redis', ping, stopping.signal, { needed: false });
  while (asked < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(dependencies.reasons).toEqual([]);
  await watching;
  expect(gauges).toEqual([0, 0, 1]);
  expect(lines).toEqual(['redis does not answer: connect ECONNREFUSED', 'redis answers']);
});
