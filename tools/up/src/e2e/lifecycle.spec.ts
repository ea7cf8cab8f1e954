import { freePort, type Server, startClickHouse, startKafka, startRedis } from '@millrace/testkit/servers';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from '../testing/program';

/** The built services against real servers that are late, go away and come back. */

jest.setTimeout(240_000);

const directory = mkdtempSync(join(tmpdir(), 'millrace-lifecycle-'));
const programs: Program[] = [];
const servers: Server[] = [];
let environment: Record<string, string>;
let ports: { kafka: number; redis: number; clickhouse: number };

beforeAll(async () => {
  ports = { kafka: await freePort(), redis: await freePort(), clickhouse: await freePort() };
  environment = {
    MILLRACE_KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    MILLRACE_REDIS_NODES: `127.0.0.1:${ports.redis}`,
    MILLRACE_CLICKHOUSE_URL: `http://127.0.0.1:${ports.clickhouse}`,
    MILLRACE_HEALTH_PORT: '0',
    MILLRACE_API_PORT: '0',
    MILLRACE_EMISSION_INTERVAL: '500ms',
  };
});
afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.stop('SIGKILL')));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(directory, { recursive: true, force: true });
});

const start = (app: string, more: Record<string, string> = {}): Program => {
  const program = new Program(`apps/${app}`, [], { ...environment, MILLRACE_SNAPSHOTS_DIRECTORY: join(directory, app), ...more });
  programs.push(program);
  return program;
};
const admin = async (...args: string[]): Promise<{ code: number | null; said: string }> => {
  const program = new Program('apps/admin', args, environment);
  return { code: await program.ended, said: program.said };
};
const healthOf = async (program: Program): Promise<(path: string) => Promise<{ status: number; text: string }>> => {
  const port = await program.hears(/"port":(\d+),"msg":"health and metrics"/);
  return async (path) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
};
const linesAbout = (program: Program, dependency: string): string[] =>
  program.said
    .split('\n')
    .filter((line) => line.includes(`"dependency":"${dependency}"`) && / went away|answers|waiting for/.test(line))
    .map((line) => (JSON.parse(line) as { msg: string }).msg);

test('servers that are not there yet are waited for: alive, not ready, one line; then it goes to work by itself', async () => {
  const dws = start('dws');
  const health = await healthOf(dws);
  await dws.hears(/"msg":"waiting for kafka"/);
  expect((await health('/healthz/live')).status).toBe(200);
  const unready = await health('/healthz/ready');
  expect(unready.status).toBe(503);
  expect(unready.text).toMatch(/kafka: /);

  servers.push(await startKafka({ directory: join(directory, 'kafka'), port: ports.kafka }));
  // It is there, but has no topics yet: another reason, no other line.
  expect(await admin('topics', 'create', '--topics-partitions', '2')).toMatchObject({ code: 0 });
  await dws.hears(/"msg":"kafka answers"/);
  await dws.hears(/"msg":"waiting for clickhouse"/);
  servers.push(
    await startClickHouse({ directory: join(directory, 'clickhouse'), port: ports.clickhouse }),
    await startRedis({ directory: join(directory, 'redis'), port: ports.redis }),
  );
  expect(await admin('migrate')).toMatchObject({ code: 0 });
  await dws.hears(/"msg":"ready"/);
  expect(await health('/healthz/ready')).toEqual({ status: 200, text: '{"status":"ok","reasons":[]}' });
  expect(linesAbout(dws, 'kafka')).toEqual(['waiting for kafka', 'kafka answers']);
  expect(linesAbout(dws, 'clickhouse')).toEqual(['waiting for clickhouse', 'clickhouse answers']);
  expect((await health('/metrics')).text).toMatch(/^millrace_ready.* 1$/m);
  expect(await dws.stop()).toBe(0);
});

test.each([
  ['ClickHouse', 'clickhouse'],
  ['Kafka', 'kafka'],
])(
  '%s goes away under APP: not ready, one line; it comes back: ready, one line; and SIGTERM ends it with 0',
  async (name, dependency) => {
    const app = start('app');
    const health = await healthOf(app);
    await app.hears(/"msg":"ready"/);
    const server = servers.find((each) => each.name === name);
    await server?.kill();
    await app.hears(new RegExp(`"msg":"${dependency} went away"`));
    const unready = await health('/healthz/ready');
    expect(unready.status).toBe(503);
    expect(unready.text).toContain(`${dependency}: `);
    await server?.start();
    await app.hears(new RegExp(`"msg":"${dependency} answers"[^]*"msg":"${dependency} answers"`));
    expect((await health('/healthz/ready')).status).toBe(200);
    expect(linesAbout(app, dependency)).toEqual(['answers', 'went away', 'answers'].map((what) => `${dependency} ${what}`));
    expect(await app.stop()).toBe(0);
  },
);

test('Kafka goes away for longer than a session under DWS: it ends with 3, once; started again it waits, and goes on', async () => {
  const kafka = servers.find(({ name }) => name === 'Kafka');
  const before = start('dws');
  await before.hears(/"msg":"ready"/);
  await kafka?.kill();
  expect(await before.ended).toBe(3);
  const after = start('dws');
  await after.hears(/"msg":"waiting for kafka"/);
  await kafka?.start();
  await after.hears(/"msg":"ready"/);
  expect(await after.stop()).toBe(0);
});

describe('a stop that cannot drain, since ClickHouse holds its connections and answers nobody', () => {
  const clickhouse = (): Server | undefined => servers.find(({ name }) => name === 'ClickHouse');
  afterEach(() => clickhouse()?.resume());
  /** An APP that is asked something, has gone to ClickHouse for it, and is then told to stop. */
  const stuck = async (limit: string): Promise<Program> => {
    const app = start('app', { MILLRACE_STOP_LIMIT: limit });
    const address = await app.hears(/"address":"([^"]+)"[^\n]*"msg":"ready"/);
    clickhouse()?.pause();
    const asked = request(`${address}/v1/metrics?from=2025-03-03&to=2025-03-04&window=total`, {
      headers: { expect: '100-continue' },
    });
    asked.on('error', () => undefined).end();
    // The server has the request.
    await once(asked, 'continue');
    void app.stop('SIGTERM');
    await app.hears(/"msg":"stopping; a second signal leaves at once"/);
    return app;
  };

  test('ends at its limit, and says that it did', async () => {
    const app = await stuck('1s');
    expect(await app.ended).toBe(3);
    expect(app.said).toContain('did not stop in time');
  });

  test('ends at once with a second signal', async () => {
    const app = await stuck('10m');
    // By the signal itself, so without a code.
    expect(await app.stop('SIGTERM')).toBeNull();
  });
});

test('a configuration with faults: all of them, each with its path, and 2 before anything is opened', async () => {
  const dwd = start('dwd', {
    MILLRACE_INSTANCE_REPLICAS: 'many',
    MILLRACE_SNAPSHOTS_INTERVAL: '1ms',
    MILLRACE_KAFKA_TLS: 'perhaps',
  });
  expect(await dwd.ended).toBe(2);
  expect(dwd.said).toMatch(/^millrace-dwd: the configuration has 3 problems:\n/);
  for (const path of ['instance.replicas', 'snapshots.interval', 'kafka.tls'])
    expect(dwd.said).toContain(`\n  ${path} (MILLRACE_`);
});

test.each(['ods', 'dwd', 'dws', 'archive', 'app'])(
  '%s says its options, its schema and that its defaults are valid',
  async (name) => {
    for (const [flag, said] of [
      ['--help', /Usage: millrace-/],
      ['--schema', /"\$schema": "https:\/\/json-schema.org/],
      ['--validate', /The configuration is valid\./],
    ] as const) {
      const program = new Program(`apps/${name}`, [flag]);
      expect(await program.ended).toBe(0);
      expect(program.said).toMatch(said);
    }
  },
);

test('without keys the API does not leave this machine', async () => {
  const app = start('app', { MILLRACE_API_HOST: '0.0.0.0' });
  expect(await app.ended).toBe(2);
  expect(app.said).toContain('api.host: Without API keys the API listens on this machine alone');
});
