import { DEFAULT_RULES, topicDefinitions } from '@millrace/ads';
import { workspace } from '@millrace/testkit/servers';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { attemptTemplate, manifests, podsOf, prepared } from './chart';
import { attempt } from './command';
import { program } from './programs';
import { strimziSchemas } from './strimzi';

jest.setTimeout(60_000);
beforeAll(() => prepared(), 900_000);

const folder = join(workspace(), 'deploy/examples/operators');
const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
interface Values {
  readonly kafka: { brokers: string[]; tls: { caSecret: string }; sasl: { username: string; existingSecret: string } };
  readonly clickhouse: { url: string; username: string; existingSecret: string; cluster: string };
  readonly topics: { partitions: number; replication: number };
}
const values = parse(text('values.yaml')) as Values;
const ofKind = (file: string, kind: string): any[] => manifests(text(file)).filter((manifest) => manifest.kind === kind);

describe('Strimzi', () => {
  test('its operator takes what is written, to the field', async () => {
    const schemas = `${await strimziSchemas()}/{{.ResourceKind}}-{{.Group}}-{{.ResourceAPIVersion}}.json`;
    for (const file of ['kafka.yaml', 'topics.yaml']) {
      const options = ['-strict', '-output', 'json', '-schema-location', schemas];
      const { code, stdout } = attempt(await program('kubeconform'), [...options, join(folder, file)]);
      expect({ code, ...(JSON.parse(stdout) as object) }).toEqual({ code: 0, resources: [] });
    }
  }, 600_000);

  test('the topics are as the definitions say', () => {
    const topics = topicDefinitions(DEFAULT_RULES, values.topics).map(
      ({ topic, partitions, replication, retention_ms, cleanup, min_isr }) => ({
        apiVersion: 'kafka.strimzi.io/v1',
        kind: 'KafkaTopic',
        metadata: { name: topic, labels: { 'strimzi.io/cluster': 'kafka' } },
        spec: {
          partitions,
          replicas: replication,
          config: {
            'cleanup.policy': cleanup,
            'message.timestamp.type': 'LogAppendTime',
            'min.insync.replicas': min_isr,
            'retention.ms': retention_ms,
          },
        },
      }),
    );
    expect(manifests(text('topics.yaml'))).toEqual(topics);
  });

  test('the chart is told of the listener, the certificate and the user that there are', () => {
    const [kafka] = ofKind('kafka.yaml', 'Kafka');
    const [user] = ofKind('kafka.yaml', 'KafkaUser');
    const [listener] = kafka.spec.kafka.listeners;
    expect(values.kafka).toMatchObject({
      brokers: [`${kafka.metadata.name}-kafka-bootstrap:${listener.port}`],
      tls: { enabled: listener.tls, caSecret: `${kafka.metadata.name}-cluster-ca-cert` },
      sasl: { mechanism: listener.authentication.type, username: user.metadata.name, existingSecret: user.metadata.name },
    });
  });

  test('the user may do to every topic what the programs do', () => {
    const [user] = ofKind('kafka.yaml', 'KafkaUser');
    const prefixes = user.spec.authorization.acls
      .filter(({ resource }: any) => resource.type === 'topic')
      .map(({ resource }: any) => resource.name as string);
    const names = manifests(text('topics.yaml')).map(({ metadata }) => metadata.name);
    expect(names.filter((name) => !prefixes.some((prefix: string) => name.startsWith(prefix)))).toEqual([]);
  });
});

test('Altinity: the chart is told of the service, the user and the cluster that there are', () => {
  const [installation] = ofKind('clickhouse.yaml', 'ClickHouseInstallation');
  const [keeper] = ofKind('clickhouse.yaml', 'ClickHouseKeeperInstallation');
  const { configuration } = installation.spec;
  expect(values.clickhouse).toMatchObject({
    url: `http://clickhouse-${installation.metadata.name}:8123`,
    cluster: configuration.clusters[0].name,
    existingSecret: configuration.users[`${values.clickhouse.username}/password`].valueFrom.secretKeyRef.name,
  });
  expect(configuration.zookeeper.nodes[0].host).toBe(`keeper-${keeper.metadata.name}`);
});

test('the chart takes the values', async () => {
  const { code, stdout, stderr } = await attemptTemplate(['-f', join(folder, 'values.yaml')]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(podsOf(manifests(stdout)).map(({ name }) => name)).toContain('millrace-topics');
});
