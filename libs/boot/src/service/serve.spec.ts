import { EventEmitter } from 'node:events';
import { TaskError } from '@millrace/stream';
import { integer, optional, secret, serve, type ServiceProgram } from '..';

const OPTIONS = {
  port: integer({ description: 'health', from: 0, to: 65_535, default: 0 }),
  limit: optional(integer({ description: 'ms', from: 1, to: 60_000 })),
  password: secret({ description: 'of the server' }),
};
type Open = ServiceProgram<typeof OPTIONS>['open'];

/** A process of its own, as far as it can tell. */
const start = (open: Open, ...args: string[]) => {
  const signals = new EventEmitter();
  const said: string[] = [];
  const lines: Record<string, unknown>[] = [];
  let hear: () => void = () => undefined;
  const ended = serve(
    {
      name: 'millrace-test',
      service: 'ods',
      description: 'A service.',
      options: OPTIONS,
      conduct: ({ port, limit }) => ({
        log: { level: 'info', readable: false },
        health: { host: '127.0.0.1', port },
        stop_limit_ms: limit ?? 60_000,
      }),
      open,
    },
    {
      args,
      environment: { MILLRACE_PASSWORD: 'hunter22' },
      stdout: { write: (text) => said.push(text) },
      stderr: { write: (text) => said.push(text) },
      signals,
      logs: {
        write: (line) => {
          lines.push(JSON.parse(line) as Record<string, unknown>);
          hear();
        },
      },
    },
  );
  const logged = async (message: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const line = lines.find(({ msg }) => String(msg).startsWith(message));
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => (hear = resolve));
    }
  };
  return { signals, said, lines, ended, logged };
};
const never = () => new Promise<void>(() => undefined);

test('starts in order, tells the truth about readiness, and stops in reverse with 0', async () => {
  const told: string[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const { ended, signals, logged } = start(async (_settings, context) => {
    await context.open(
      'log',
      () => gate,
      () => void told.push('log closed'),
    );
    await context.open(
      'store',
      async () => undefined,
      () => void told.push('store closed'),
    );
    context.readiness(() => []);
    return async () => {
      context.logger.info('at work');
      await never();
    };
  });
  const { port } = await logged('health and metrics');
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${String(port)}${path}`);
    return { status: response.status, text: await response.text() };
  };
  expect(await ask('/healthz/live')).toMatchObject({ status: 200 });
  expect((await ask('/metrics')).text).toContain('\nmillrace_ready 0\n');
  expect(await ask('/healthz/ready')).toEqual({ status: 503, text: '{"status":"unready","reasons":["starting"]}' });
  release();
  await logged('at work');
  expect(await ask('/healthz/ready')).toEqual({ status: 200, text: '{"status":"ok","reasons":[]}' });
  expect((await ask('/metrics')).text).toContain('millrace_dependency_up{dependency="store"} 1');
  expect((await ask('/nothing')).status).toBe(404);
  signals.emit('SIGTERM', 'SIGTERM');
  expect(await ended).toBe(0);
  expect(told).toEqual(['store closed', 'log closed']);
});

test('a signal while it waits for a dependency ends it with 0', async () => {
  const { ended, signals, logged } = start(async (_settings, context) => {
    await context.open(
      'kafka',
      () => Promise.reject(new Error('connect ECONNREFUSED')),
      () => undefined,
    );
    return never;
  });
  expect(await logged('waiting for kafka')).toMatchObject({ reason: 'connect ECONNREFUSED' });
  signals.emit('SIGINT', 'SIGINT');
  expect(await ended).toBe(0);
});

test('a fault ends it with 3, says what it was, and closes what was open', async () => {
  const told: string[] = [];
  const { ended, lines } = start(async (_settings, context) => {
    await context.open(
      'log',
      async () => undefined,
      () => void told.push('log closed'),
    );
    return () => Promise.reject(new TypeError('offset 7 is gone'));
  });
  expect(await ended).toBe(3);
  expect(lines.find(({ level }) => level === 60)).toMatchObject({ msg: 'offset 7 is gone', err: { type: 'TypeError' } });
  expect(told).toEqual(['log closed']);
});

test('a fault says where it was by fields, and nothing that it says holds a secret', async () => {
  const { ended, lines } = start(async (_settings, context) => {
    context.logger.info('connecting with hunter22');
    const cause = new Error('redis://me:hunter22@cache does not answer');
    return () => Promise.reject(new TaskError('dwd', { topic: 'ods.action', partition: 3 }, 7, cause));
  });
  expect(await ended).toBe(3);
  expect(lines.find(({ level }) => level === 60)).toMatchObject({
    service: 'millrace-test',
    layer: 'dwd',
    topic: 'ods.action',
    partition: 3,
    offset: 7,
  });
  expect(JSON.stringify(lines)).not.toContain('hunter22');
});

test('that it is not ready any more is one line, however often it is asked, and so is that it is again', async () => {
  let reasons: readonly string[] = ['recovering'];
  const { ended, signals, lines, logged } = start(async (_settings, context) => {
    context.readiness(() => reasons);
    return async () => {
      const ask = (...why: readonly string[]): void => {
        reasons = why;
        for (let times = 0; times < 3; times++) context.reasons();
      };
      ask('recovering');
      ask();
      ask('kafka: gone');
      ask('kafka: gone', 'clickhouse: gone');
      ask();
      context.logger.info('asked');
      await never();
    };
  });
  await logged('asked');
  signals.emit('SIGTERM', 'SIGTERM');
  expect(await ended).toBe(0);
  expect(lines.map(({ msg }) => msg).filter((msg) => /ready/.test(String(msg)))).toEqual(['not ready', 'ready again']);
  expect(await logged('not ready')).toMatchObject({ level: 40, reasons: ['kafka: gone'] });
});

test('a stop that takes too long ends with 3, and says so', async () => {
  let release: () => void = () => undefined;
  const { ended, signals, logged } = start(
    async (_settings, context) => {
      await context.open(
        'store',
        async () => undefined,
        () => new Promise<void>((resolve) => (release = resolve)),
      );
      return async () => {
        context.logger.info('at work');
        await never();
      };
    },
    ...['--limit', '10'],
  );
  await logged('at work');
  signals.emit('SIGTERM', 'SIGTERM');
  expect(await ended).toBe(3);
  expect(await logged('did not stop in time')).toMatchObject({ limit_ms: 10 });
  // The process would end here; the test's must let go of the rest.
  release();
});

test('a configuration with problems ends it with 2 before anything is opened', async () => {
  const { ended, said } = start(() => Promise.reject(new Error('opened')), '--port', 'x', '--limit', '0');
  expect(await ended).toBe(2);
  expect(said.join('')).toBe(
    'millrace-test: the configuration has 2 problems:\n' +
      '  port (--port): expected a whole number from 0 to 65535, not "x"\n' +
      '  limit (--limit): expected a whole number from 1 to 60000, not 0\n',
  );
});
