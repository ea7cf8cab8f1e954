import { readConfig } from '@millrace/boot';
import { DEFAULT_RULES } from '@millrace/ads';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CLICKHOUSE_OPTIONS,
  EPOCH_OPTIONS,
  epochsOf,
  INSTANCE_OPTIONS,
  instanceOf,
  instanceProblems,
  KAFKA_OPTIONS,
  kafkaOptionsOf,
  kafkaProblems,
  PROCESS_OPTIONS,
  REDIS_OPTIONS,
  redisOptionsOf,
  redisProblems,
  RULES_OPTIONS,
  rulesOf,
  SNAPSHOT_OPTIONS,
  snapshotPlacesOf,
  snapshotProblems,
  SOURCES_OPTIONS,
} from '..';

const TABLE = {
  ...PROCESS_OPTIONS,
  ...KAFKA_OPTIONS,
  ...REDIS_OPTIONS,
  ...INSTANCE_OPTIONS,
  ...RULES_OPTIONS,
  ...SOURCES_OPTIONS,
  ...EPOCH_OPTIONS,
  ...SNAPSHOT_OPTIONS,
};
const read = (environment: Record<string, string>) =>
  readConfig({ name: 'test', description: '' }, TABLE, { args: [], environment });
const settingsOf = (environment: Record<string, string> = {}) => {
  const config = read(environment);
  if (config.kind !== 'run') throw new Error(JSON.stringify(config));
  return config.settings;
};
const problemsOf = (environment: Record<string, string>): readonly string[] => {
  const config = read(environment);
  return config.kind === 'problems' ? config.problems : [];
};
const folder = mkdtempSync(join(tmpdir(), 'millrace-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('instance', () => {
  test.each([
    [
      'a StatefulSet says it by the host name',
      { MILLRACE_INSTANCE_REPLICAS: '3' },
      'millrace-dwd-2',
      { ordinal: 2, replicas: 3 },
    ],
    ['also a qualified one', { MILLRACE_INSTANCE_REPLICAS: '3' }, 'dwd-1.dwd.ns.svc', { ordinal: 1, replicas: 3 }],
    [
      'what is said wins',
      { MILLRACE_INSTANCE_REPLICAS: '3', MILLRACE_INSTANCE_ORDINAL: '0' },
      'dwd-2',
      { ordinal: 0, replicas: 3 },
    ],
    ['one alone is the first, whatever its name', {}, 'laptop-7', { ordinal: 0, replicas: 1 }],
  ])('%s', (_, environment, host, instance) => {
    const settings = settingsOf(environment as Record<string, string>);
    expect(instanceProblems(settings, host)).toEqual([]);
    expect(instanceOf(settings, host)).toEqual(instance);
  });

  test('one of several must be known, and be one of them', () => {
    expect(instanceProblems(settingsOf({ MILLRACE_INSTANCE_REPLICAS: '3' }), 'laptop')).toEqual([
      'instance.ordinal: missing; the host name "laptop" does not end with a number. Say which of the 3 instances this is',
    ]);
    expect(instanceProblems(settingsOf({ MILLRACE_INSTANCE_REPLICAS: '3' }), 'dwd-3')).toEqual([
      'instance.ordinal: 3 is none of the 3 instances; they are 0 to 2',
    ]);
  });
});

describe('kafka', () => {
  test('what belongs together is given together', () => {
    expect(kafkaProblems(settingsOf())).toEqual([]);
    expect(kafkaProblems(settingsOf({ MILLRACE_KAFKA_USERNAME: 'me' }))).toEqual([
      expect.stringMatching(/^kafka\.saslMechanism: .*all three or none$/),
    ]);
  });

  test('certificates are read from their files', () => {
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, 'CERTIFICATE');
    const secured = {
      MILLRACE_KAFKA_TLS: 'true',
      MILLRACE_KAFKA_CA_FILE: ca,
      MILLRACE_KAFKA_SASL_MECHANISM: 'plain',
      MILLRACE_KAFKA_USERNAME: 'u',
      MILLRACE_KAFKA_PASSWORD: 'p',
    };
    expect(kafkaOptionsOf(settingsOf(secured))).toMatchObject({
      tls: { ca: 'CERTIFICATE' },
      sasl: { mechanism: 'plain', username: 'u', password: 'p' },
    });
    expect(problemsOf({ ...secured, MILLRACE_KAFKA_CA_FILE: join(folder, 'absent.pem') })[0]).toMatch(
      /^kafka\.caFile \(MILLRACE_KAFKA_CA_FILE\): .*absent\.pem cannot be read: it does not exist\.$/,
    );
  });
});

describe('redis', () => {
  test('one server, sentinels, a cluster', () => {
    const nodes = { MILLRACE_REDIS_NODES: 'a:1, b, [::1]:3' };
    const addresses = [
      { host: 'a', port: 1 },
      { host: 'b', port: 6379 },
      { host: '::1', port: 3 },
    ];
    expect(redisOptionsOf(settingsOf({ MILLRACE_REDIS_NODES: 'a:1' })).place).toEqual({
      kind: 'single',
      at: addresses[0],
      db: 0,
    });
    expect(redisOptionsOf(settingsOf({ ...nodes, MILLRACE_REDIS_KIND: 'cluster' })).place).toEqual({
      kind: 'cluster',
      nodes: addresses,
    });
    expect(redisOptionsOf(settingsOf({ ...nodes, MILLRACE_REDIS_KIND: 'sentinel' })).place).toMatchObject({
      sentinels: addresses,
      master: 'mymaster',
    });
    expect(redisProblems(settingsOf(nodes))).toEqual([expect.stringMatching(/^redis\.nodes: one server is expected, not 3/)]);
    expect(redisProblems(settingsOf({ ...nodes, MILLRACE_REDIS_KIND: 'cluster', MILLRACE_REDIS_DB: '1' }))).toHaveLength(1);
    expect(problemsOf({ MILLRACE_REDIS_NODES: 'a:b:c' })).toEqual([
      'redis.nodes (MILLRACE_REDIS_NODES): expected host:port, not "a:b:c"',
    ]);
  });
});

describe('snapshots', () => {
  const s3 = {
    MILLRACE_SNAPSHOTS_S3_BUCKET: 'b',
    MILLRACE_SNAPSHOTS_S3_ENDPOINT: 'http://127.0.0.1:1',
    MILLRACE_SNAPSHOTS_S3_REGION: 'eu',
  };
  test('one second place at most: a directory, or a bucket', () => {
    expect(snapshotPlacesOf(settingsOf()).store).toBeUndefined();
    expect(snapshotPlacesOf(settingsOf({ MILLRACE_SNAPSHOTS_STORE_DIRECTORY: folder })).store?.constructor.name).toBe(
      'DirectorySnapshotStore',
    );
    expect(snapshotPlacesOf(settingsOf(s3)).store?.constructor.name).toBe('S3SnapshotStore');
    expect(snapshotProblems(settingsOf({ ...s3, MILLRACE_SNAPSHOTS_STORE_DIRECTORY: folder }))).toHaveLength(1);
    expect(snapshotProblems(settingsOf({ MILLRACE_SNAPSHOTS_S3_ENDPOINT: 'http://127.0.0.1:1' }))).toHaveLength(1);
    expect(snapshotProblems(settingsOf({ ...s3, MILLRACE_SNAPSHOTS_S3_SECRET_KEY: 'k' }))).toHaveLength(1);
  });
});

describe('business', () => {
  test('rules are laid over those of the code; all faults of a file at once', () => {
    const file = join(folder, 'rules.json');
    writeFileSync(file, '{"window": "7d"}');
    expect(rulesOf(settingsOf({ MILLRACE_RULES: file }))).toEqual({ ...DEFAULT_RULES, window_ms: 7 * 86_400_000 });
    expect(rulesOf(settingsOf())).toEqual(DEFAULT_RULES);
    writeFileSync(file, '{"windw": "7d", "lateness": "never"}');
    const problems = problemsOf({ MILLRACE_RULES: file });
    expect(problems.join('\n')).toMatch(/windw/);
    expect(problems.join('\n')).toMatch(/lateness/);
    for (const problem of problems) expect(problem).toMatch(/^rules \(MILLRACE_RULES\): /);
  });

  test('several sources, by name or path', () => {
    const own = join(folder, 'own.json');
    writeFileSync(own, '{"name": "own", "format": {"type": "json"}, "topics": ["a", "b"], "mappings": [{"identity": true}]}');
    expect(settingsOf({ MILLRACE_SOURCES: `http,${own}` }).sources.map(({ name }) => name)).toEqual(['http', 'own']);
    expect(problemsOf({ MILLRACE_SOURCES: 'http,nobody' })[0]).toMatch(
      /^sources \(MILLRACE_SOURCES\): There is no source "nobody"/,
    );
  });

  test('epochs of topics that were made anew', () => {
    const epoch = epochsOf(settingsOf({ MILLRACE_EPOCHS: 'ods.action:2,dwd.fact:3' }));
    expect(['ods.action', 'dwd.fact', 'ods.exposure'].map(epoch)).toEqual([2, 3, 1]);
    expect(problemsOf({ MILLRACE_EPOCHS: 'dwd.fact:0' })).toHaveLength(1);
  });
});

test('durations', () => {
  expect(settingsOf({ MILLRACE_STOP_LIMIT: '90s' })['stop.limit']).toBe(90_000);
  expect(problemsOf({ MILLRACE_STOP_LIMIT: 'soon' })).toEqual([
    'stop.limit (MILLRACE_STOP_LIMIT): expected a duration such as 500ms, 10s or 2h, not "soon"',
  ]);
  expect(problemsOf({ MILLRACE_STOP_LIMIT: '0s' })).toEqual([
    'stop.limit (MILLRACE_STOP_LIMIT): expected at least 1ms, not "0s"',
  ]);
});

test.each([
  ['snapshots.s3.endpoint', 'MILLRACE_SNAPSHOTS_S3_ENDPOINT', SNAPSHOT_OPTIONS],
  ['clickhouse.url', 'MILLRACE_CLICKHOUSE_URL', CLICKHOUSE_OPTIONS],
])('%s takes no password, which would be printed', (path, name, table) => {
  const problemsWith = (url: string): unknown => {
    const config = readConfig({ name: 'test', description: '' }, table, { args: [], environment: { [name]: url } });
    return config.kind === 'problems' ? config.problems : config.kind;
  };
  expect(problemsWith('https://store.example:9000/path?a=b@c')).toBe('run');
  for (const url of [
    'http://me:hunter2@store:1',
    'https://hunter2@store',
    'htp://me:hunter2@store',
    'me:hunter2@store',
    'hunter2',
  ])
    expect(problemsWith(url)).toEqual([expect.stringMatching(new RegExp(`^${path} \\(${name}\\): (?!.*hunter2)`))]);
});
