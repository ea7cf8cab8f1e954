import { workspace } from '@millrace/testkit/servers';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { attemptTemplate, CHART, exampleFile, prepared } from './chart';

jest.setTimeout(60_000);
beforeAll(() => prepared(), 900_000);

/** What helm says of the example `small` with something set on top. */
const complaint = async (...set: readonly string[]): Promise<string> => {
  const { code, stderr } = await attemptTemplate(['-f', exampleFile('small'), ...set.flatMap((each) => ['--set', each])]);
  expect(code).not.toBe(0);
  return stderr;
};

test('without values: all that is required, at once', async () => {
  const { code, stderr } = await attemptTemplate([]);
  expect(code).not.toBe(0);
  expect(stderr).toContain('The values have 5 problems:');
  for (const path of ['image.repository', 'kafka.brokers', 'clickhouse.url', 'redis.url', 'app.existingSecret'])
    expect(stderr).toMatch(new RegExp(`^ {2}${path.replaceAll('.', '\\.')}: missing; .+`, 'm'));
});

describe('what is of the wrong form is told with its path', () => {
  test.each([
    ['a name that is none', 'kafka.broker=x', "at '/kafka': additional properties 'broker' not allowed"],
    ['a whole that is none', 'kafak.brokers=x', "additional properties 'kafak' not allowed"],
    ['another type', 'ods.replicas=two', "at '/ods/replicas': got string, want integer"],
    ['a number out of range', 'topics.partitions=0', "at '/topics/partitions': minimum: got 0, want 1"],
    [
      'a word that is none of the known',
      'redis.kind=duster',
      "at '/redis/kind': value must be one of 'single', 'sentinel', 'cluster'",
    ],
    ['resources that are none', 'dwd.resources.limits.memory=much', "at '/dwd/resources/limits/memory'"],
    ['a misspelt resource', 'dwd.resources.limit.memory=1Gi', "at '/dwd/resources': additional properties 'limit' not allowed"],
    ['brokers without a port', 'kafka.brokers={kafka}', 'kafka.brokers: expected host:port, not "kafka"'],
    [
      'an address with a password',
      'clickhouse.url=http://a:b@c:8123',
      'clickhouse.url: expected a URL such as http://clickhouse:8123, without a name or password',
    ],
    ['the native port of ClickHouse by its scheme', 'clickhouse.url=clickhouse://c:9000', 'clickhouse.url: expected a URL'],
    [
      'an address of Redis with a password',
      'redis.url=redis://:b@c',
      'redis.url: expected a URL such as redis://redis:6379/0, without a name or password',
    ],
    [
      'a length of time',
      'snapshots.interval=soon',
      'snapshots.interval: expected a duration such as 500ms, 10s or 2h, not "soon"',
    ],
    ['runbooks that are nowhere', 'monitoring.runbooks=wiki', 'monitoring.runbooks: expected a URL such as'],
    [
      'a misspelt confinement',
      'securityContext.readOnlyRootFileSystem=true',
      "at '/securityContext': additional properties 'readOnlyRootFileSystem' not allowed",
    ],
    [
      'a misspelt affinity',
      'dwd.affinity.nodeAfinity.x=1',
      "at '/dwd/affinity': additional properties 'nodeAfinity' not allowed",
    ],
    [
      'a neighbour that cannot be recognised',
      'networkPolicy.apiFrom[0].podSelectr.x=y',
      "at '/networkPolicy/apiFrom/0': additional properties 'podSelectr' not allowed",
    ],
    ['an epoch without its topic', 'epochs={2}', "at '/epochs/0'"],
  ])('%s', async (_, set, message) => expect(await complaint(set)).toContain(message));

  test('a password that is written into a URL is not repeated', async () => {
    expect(await complaint('clickhouse.url=http://a:topsecret@c:8123', 'redis.url=redis://:topsecret@c')).not.toContain(
      'topsecret',
    );
  });
});

describe('values that do not go together', () => {
  test.each([
    [
      'more instances than partitions',
      ['dwd.replicas=7'],
      'dwd.replicas: 7 instances cannot share 6 partitions (topics.partitions)',
    ],
    [
      'a log-in without a password',
      ['kafka.sasl.mechanism=plain', 'kafka.sasl.username=u'],
      'kafka.sasl.existingSecret: missing',
    ],
    ['a log-in without a name', ['kafka.sasl.mechanism=plain', 'kafka.sasl.existingSecret=s'], 'kafka.sasl.username: missing'],
    ['a name without a way to log in', ['kafka.sasl.username=u'], 'kafka.sasl.mechanism: missing'],
    ['certificates without TLS', ['kafka.tls.caSecret=ca'], 'kafka.tls.enabled: false, but secrets for TLS are named'],
    [
      'a cluster of Redis with a URL',
      ['redis.kind=cluster', 'redis.nodes={a:1}'],
      'redis.url: means nothing with redis.kind cluster',
    ],
    ['sentinels that are not named', ['redis.kind=sentinel', 'redis.url='], 'redis.nodes: missing'],
    ['nodes of one server', ['redis.nodes={a:1}'], 'redis.nodes: means nothing with redis.kind single'],
    ['an S3 without a bucket', ['snapshots.s3.endpoint=http://minio:9000'], 'snapshots.s3.bucket: missing'],
    ['an ingress for nobody', ['app.ingress.enabled=true'], 'app.ingress.hosts: missing'],
    [
      'scaling upside down',
      ['app.hpa.enabled=true', 'app.hpa.minReplicas=9', 'app.hpa.maxReplicas=3'],
      'app.hpa.minReplicas: 9 is more than maxReplicas, 3',
    ],
    ['a source that nobody declares', ['ods.sources={http,shop}'], 'ods.sources: there is no source "shop"'],
  ])('%s', async (_, set, message) => expect(await complaint(...set)).toContain(message));
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

test('the schema has every value of values.yaml, and no other', () => {
  const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as object;
  const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as Schema;
  // What a component may have of its own stands once, under `pods`.
  const own = Object.keys((values as { pods: object }).pods);
  const missing: string[] = [];
  const compare = (at: string, value: unknown, { properties }: Schema): void => {
    if (properties === undefined || typeof value !== 'object' || value === null) return;
    const component = ['.ods', '.dwd', '.dws', '.archive', '.app'].includes(at);
    const expected = [...Object.keys(value), ...(component ? own : []), ...(at === '' ? ['global'] : [])];
    const known = Object.keys(properties);
    missing.push(...expected.filter((key) => !known.includes(key)).map((key) => `schema: ${at}.${key}`));
    missing.push(...known.filter((key) => !expected.includes(key)).map((key) => `values.yaml: ${at}.${key}`));
    for (const [key, inner] of Object.entries(value)) compare(`${at}.${key}`, inner, properties[key] ?? {});
  };
  compare('', values, schema);
  expect(missing).toEqual([]);
});

test('the chart, the image and the programs are of one version', () => {
  const { version } = JSON.parse(readFileSync(join(workspace(), 'package.json'), 'utf8')) as { version: string };
  const chart = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as { version: string; appVersion: string };
  expect(chart).toMatchObject({ version, appVersion: version });
});

test('built-in sources are those of deploy/sources', async () => {
  const { readdirSync } = await import('node:fs');
  const known = readdirSync(join(workspace(), 'deploy/sources')).map((file) => file.replace('.json', ''));
  const { code } = await attemptTemplate(['-f', exampleFile('small'), '--set', `ods.sources={${known.join()}}`]);
  expect(code).toBe(0);
  expect(await complaint('ods.sources={none}')).toContain(
    `built in are ${known
      .sort()
      .join(', ')
      .replace(/, (?=[^,]*$)/, ' and ')}`,
  );
});
