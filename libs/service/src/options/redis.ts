import type { RedisAddress, RedisOptions, RedisPlace } from '@millrace/adapters/redis';
import { choice, flag, integer, list, optional, secret, type Settings, text } from '@millrace/boot';

const DEFAULT_PORT = 6379;

export const REDIS_OPTIONS = {
  'redis.kind': choice({
    description: 'one server, one behind sentinels, or a cluster',
    of: ['single', 'sentinel', 'cluster'],
    default: 'single',
  }),
  'redis.nodes': list({
    description: 'the server, the sentinels, or nodes of the cluster',
    expected: 'host:port, separated by commas',
    default: ['127.0.0.1:26379'],
    read: (written) => written.map(addressOf),
  }),
  'redis.master': text({ description: 'name that the sentinels know the master by', default: 'mymaster' }),
  'redis.db': integer({ description: 'number of the database; a cluster has one only', from: 0, to: 1_000, default: 0 }),
  'redis.username': optional(text({ description: 'name to log in with' })),
  'redis.password': secret({ description: 'password to log in with' }),
  'redis.sentinelPassword': secret({ description: 'password of the sentinels' }),
  'redis.tls': flag({ description: 'whether to speak TLS', default: false }),
  'redis.prefix': text({ description: 'put before every key, without braces', pattern: '^[^{}]*$', default: 'millrace:' }),
};
type RedisSettings = Settings<typeof REDIS_OPTIONS>;

export const redisOptionsOf = (settings: RedisSettings): RedisOptions => ({
  place: placeOf(settings),
  ...(settings['redis.username'] !== null && { username: settings['redis.username'] }),
  ...(settings['redis.password'] !== null && { password: settings['redis.password'] }),
  tls: settings['redis.tls'],
  prefix: settings['redis.prefix'],
});

export const redisProblems = ({ 'redis.kind': kind, 'redis.nodes': nodes, 'redis.db': db }: RedisSettings): string[] => [
  ...(kind === 'single' && nodes.length > 1
    ? [`redis.nodes: one server is expected, not ${nodes.length}; is redis.kind cluster meant?`]
    : []),
  ...(kind === 'cluster' && db !== 0 ? ['redis.db: a cluster has database 0 only; leave it out'] : []),
];

const placeOf = (settings: RedisSettings): RedisPlace => {
  const { 'redis.nodes': nodes, 'redis.db': db, 'redis.sentinelPassword': sentinelPassword } = settings;
  switch (settings['redis.kind']) {
    case 'single': {
      const [at = { host: '127.0.0.1', port: DEFAULT_PORT }] = nodes;
      return { kind: 'single', at, db };
    }
    case 'sentinel':
      return {
        kind: 'sentinel',
        sentinels: nodes,
        master: settings['redis.master'],
        db,
        ...(sentinelPassword !== null && { sentinelPassword }),
      };
    case 'cluster':
      return { kind: 'cluster', nodes };
  }
};

const addressOf = (written: string): RedisAddress => {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(written);
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535) throw new Error(`expected host:port, not "${written}"`);
  return { host, port };
};
