import { readOptions } from './options';

const STORES = {
  MILLRACE_KAFKA_BROKERS: 'k1:9092,k2:9092',
  MILLRACE_REDIS_URL: 'redis://r:6379/0',
  MILLRACE_CLICKHOUSE_URL: 'http://c:8123',
};

test('where the servers are is the one thing that must be said', () => {
  expect(readOptions([], {})).toEqual({ code: 2, text: expect.stringContaining('--address: missing') });
  expect(readOptions(['--address', '10.0.0.1'], {})).toMatchObject({
    address: '10.0.0.1',
    stores: null,
    only: null,
    keep: false,
  });
  expect(readOptions([], STORES)).toMatchObject({ stores: { brokers: ['k1:9092', 'k2:9092'], redis: 'redis://r:6379/0' } });
  expect(readOptions(['--only', 'image'], {})).toMatchObject({ only: ['image'], keep: true });
});

test('all that is wrong is said at once', () => {
  const { text } = readOptions(['--only', 'install,nothing', '--image', 'localhost:5000/millrace'], {
    MILLRACE_REDIS_URL: 'redis://r',
  }) as { text: string };
  expect(text).toMatch(/no step nothing[^]*name all three[^]*--address: missing[^]*--image: give a tag/);
});
