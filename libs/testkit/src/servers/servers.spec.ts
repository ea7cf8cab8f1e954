import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Place, type Server, startClickHouse, startKafka, startPrometheus, startRedis } from '.';
import { processIsAlive } from './processes';

jest.setTimeout(240_000);

describe.each<[string, (place: Place) => Promise<Server>]>([
  ['Redis', startRedis],
  ['ClickHouse', startClickHouse],
  ['Kafka', startKafka],
  ['Prometheus', (place) => startPrometheus({ ...place, config: 'scrape_configs: []' })],
])('%s as a server of its own', (name, start) => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'servers-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('starts, comes back after kill -9 over the same data, and refuses a port that is taken', async () => {
    const server = await start({ directory, port: await freePort() });
    const first = server.pid;
    try {
      await expect(start({ directory: `${directory}/second`, port: server.port })).rejects.toThrow(
        `${name}: port ${server.port} of 127.0.0.1 is taken`,
      );
      await server.kill();
      expect(processIsAlive(first)).toBe(false);
      await server.start();
      expect(processIsAlive(server.pid)).toBe(true);
    } finally {
      await server.stop();
    }
    expect(processIsAlive(server.pid)).toBe(false);
  });
});
