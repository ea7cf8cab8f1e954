import { EventEmitter } from 'node:events';
import { interrupted, Lifecycle, SystemClock } from '.';

describe('SystemClock', () => {
  const clock = new SystemClock();

  it('wakes at once when aborted, before or during the sleep', async () => {
    const abort = new AbortController();
    const sleep = clock.sleep(60_000, abort.signal);
    abort.abort();
    await sleep;
    await clock.sleep(60_000, abort.signal);
  });

  it('sleeps', async () => {
    const before_ms = clock.now_ms();
    await clock.sleep(5, new AbortController().signal);
    expect(clock.now_ms() - before_ms).toBeGreaterThanOrEqual(4);
  });
});

describe('Lifecycle', () => {
  const parts = (told: string[], broken: Partial<Record<string, 'start' | 'stop'>> = {}) =>
    ['log', 'store', 'runner'].map((name) => ({
      name,
      start: async () => {
        if (broken[name] === 'start') throw new Error('no room');
        told.push(`start ${name}`);
      },
      stop: async () => {
        told.push(`stop ${name}`);
        if (broken[name] === 'stop') throw new Error(`${name} hangs`);
      },
    }));

  it('stops in reverse, once', async () => {
    const told: string[] = [];
    const lifecycle = new Lifecycle();
    await lifecycle.start(parts(told));
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(told).toEqual(['start log', 'start store', 'start runner', 'stop runner', 'stop store', 'stop log']);
  });

  it('stops what was started when a part does not start, and says which', async () => {
    const told: string[] = [];
    await expect(new Lifecycle().start(parts(told, { store: 'start' }))).rejects.toThrow('store did not start: no room');
    expect(told).toEqual(['start log', 'stop log']);
  });

  it('stops every part, whatever one of them does, and reports it', async () => {
    const told: string[] = [];
    const lifecycle = new Lifecycle();
    await lifecycle.start(parts(told, { store: 'stop' }));
    await expect(lifecycle.stop()).rejects.toThrow('store hangs');
    expect(told.slice(3)).toEqual(['stop runner', 'stop store', 'stop log']);
  });
});

describe('interrupted', () => {
  it('hears the first signal, and leaves the second to the system', async () => {
    const source = new EventEmitter();
    const heard = interrupted(source);
    source.emit('SIGTERM', 'SIGTERM');
    expect(await heard).toBe('SIGTERM');
    expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0);
  });
});
