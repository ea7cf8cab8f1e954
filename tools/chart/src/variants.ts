import { examples } from './chart';

/** Values that no example has, each on top of one. */
const VARIANTS: readonly (readonly [string, string, ...string[]])[] = [
  ['Redis as a cluster', 'production', 'redis.kind=cluster', 'redis.sentinelPasswordKey='],
  ['a client certificate for Kafka', 'production', 'kafka.tls.clientSecret=kafka-client'],
  [
    'S3 that is not AWS',
    'small',
    'snapshots.s3.bucket=b',
    'snapshots.s3.endpoint=http://minio:9000',
    'snapshots.s3.prefix=millrace/',
    'snapshots.s3.existingSecret=s3',
  ],
  [
    'rules and sources',
    'small',
    'rules.zone=Europe/Berlin',
    'sources.shop.format.type=json',
    'sources.shop.mappings[0].identity=true',
    'ods.sources={http,shop}',
    'epochs={dwd.fact:2}',
  ],
  ['traces', 'small', 'traces.endpoint=http://collector:4318/v1/traces', 'traces.percent=10'],
  ['topics that are only checked', 'small', 'topics.job=check'],
  ['no jobs', 'small', 'topics.job=none', 'migrate.enabled=false'],
  ['a node port', 'small', 'app.service.type=NodePort'],
  ['no instances of dwd', 'small', 'dwd.replicas=0'],
  ['more environment', 'small', 'pods.env[0].name=NODE_OPTIONS', 'pods.env[0].value=--max-old-space-size=300'],
];

export interface Variant {
  readonly what: string;
  readonly example: string;
  /** For `--set`, on top of the example. */
  readonly set: readonly string[];
}

/** The examples, and what none of them has. */
export const variants = (): Variant[] => [
  ...examples().map((name) => ({ what: `the example ${name}`, example: name, set: [] })),
  ...VARIANTS.map(([what, example, ...set]) => ({ what, example, set })),
];
