import { freePort, Server } from '@millrace/testkit/servers';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MEMBERS, portsOf } from './members';
import { down, up } from './stack';

jest.setTimeout(240_000);

const [kafka, redis] = MEMBERS;

describe('the ports of the stack', () => {
  it('come from the environment', () => {
    expect(portsOf(redis!, {})).toEqual([26379]);
    expect(portsOf(kafka!, { MILLRACE_STACK_KAFKA_PORT: '1234' })).toEqual([1234, 29093]);
  });

  it.each(['x', '0', '65536', '1.5'])('are not "%s"', (port) => {
    expect(() => portsOf(redis!, { MILLRACE_STACK_REDIS_PORT: port })).toThrow(`MILLRACE_STACK_REDIS_PORT: "${port}" is no port`);
  });
});

describe('the stack', () => {
  let directory: string;
  let environment: Record<string, string>;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stack-'));
    process.env['MILLRACE_STACK_DIR'] = directory;
    environment = {};
    for (const name of MEMBERS.flatMap(({ ports }) => Object.keys(ports))) environment[name] = String(await freePort());
  });
  afterAll(async () => {
    await down(() => undefined);
    delete process.env['MILLRACE_STACK_DIR'];
    await rm(directory, { recursive: true, force: true });
  });

  const pids = (): Promise<(number | null)[]> =>
    Promise.all(MEMBERS.map(({ folder }) => Server.running(join(directory, folder))));
  const lines = async (command: (say: (line: string) => void) => Promise<void>): Promise<string[]> => {
    const said: string[] = [];
    await command((line) => said.push(line));
    return said;
  };
  const start = (): Promise<string[]> => lines((say) => up(environment, say));

  it('comes up, is found running, tells where it listens, and ends as a whole', async () => {
    expect((await start()).map((line) => line.replace(/\d+$/, 'PORT'))).toEqual([
      '✓ Kafka      127.0.0.1:PORT',
      '✓ Redis      redis://127.0.0.1:PORT',
      '✓ ClickHouse http://127.0.0.1:PORT',
    ]);
    const started = await pids();
    expect(started.every((pid) => pid !== null)).toBe(true);

    expect((await start()).every((line) => line.endsWith('(ran already)'))).toBe(true);
    expect(await pids()).toEqual(started);
    await expect(up({ ...environment, MILLRACE_STACK_REDIS_PORT: '1' }, () => undefined)).rejects.toThrow(/not 1; end it first/);

    expect(await lines(down)).toEqual(['✓ ClickHouse ended', '✓ Redis      ended', '✓ Kafka      ended']);
    expect(await pids()).toEqual([null, null, null]);
    expect(await lines(down)).toEqual(['✓ ClickHouse did not run', '✓ Redis      did not run', '✓ Kafka      did not run']);
  });

  it('says whose port is taken', async () => {
    const squatter = createServer().listen(Number(environment['MILLRACE_STACK_REDIS_PORT']), '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    try {
      await expect(up(environment, () => undefined, [redis!])).rejects.toThrow(/Redis: port \d+ of 127.0.0.1 is taken/);
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });
});
