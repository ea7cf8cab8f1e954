import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Addresses } from './beside/stores';
import { STEPS } from './steps';

export const HELP = `npm run test:cluster -- [options]

Installs the chart on the cluster that KUBECONFIG names (kubectl and helm on PATH), over Kafka, Redis and ClickHouse beside it, and
does to it what happens to deployments. After each step all totals are held against the source's own.

  --address IP      where this machine is for the pods; Kafka, Redis and ClickHouse are started here and listen on it.
                    Not needed if MILLRACE_KAFKA_BROKERS, MILLRACE_REDIS_URL and MILLRACE_CLICKHOUSE_URL name others
                    (empty ones: topics, tables and keys are left behind in them)
  --image NAME      default localhost/millrace:cluster-test. It is there already, unless MILLRACE_IMAGE_LOAD is set: a command
                    such as "kind load image-archive", which gets the path of the image's archive as its last argument
  --next NAME       the image to upgrade to, which is there already; default: one made of the same, or the same with other annotations
  --values FILE     more values for the chart, on top of examples/local.yaml; may be repeated
  --namespace NAME  default millrace-test; made, and deleted
  --only A,B        these steps; everything is left as it is then, for others. --list says which there are
  --keep            leaves everything as it is; "--only clean" ends it
  --report FILE     the report as Markdown
  --directory PATH  where data and what steps tell one another are kept; default .stack/cluster
`;

export interface Options {
  /** Null: the stores were named, or no step needs them. */
  readonly address: string | null;
  /** Null: they run beside the cluster. */
  readonly stores: Addresses | null;
  readonly image: string;
  /** The image to upgrade to; null: one that was made for it, or the same. */
  readonly next: string | null;
  /** Null: the cluster has the image. */
  readonly load: string | null;
  readonly values: readonly string[];
  readonly namespace: string;
  /** Null: all. */
  readonly only: readonly string[] | null;
  readonly keep: boolean;
  readonly report: string | null;
  readonly directory: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What was asked for, or a text that says why not: all that is wrong, or help. */
export const readOptions = (
  args: readonly string[],
  environment: Environment,
): Options | { readonly text: string; readonly code: number } => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      address: { type: 'string' },
      image: { type: 'string', default: 'localhost/millrace:cluster-test' },
      next: { type: 'string' },
      values: { type: 'string', multiple: true, default: [] },
      namespace: { type: 'string', default: 'millrace-test' },
      only: { type: 'string' },
      keep: { type: 'boolean', default: false },
      report: { type: 'string' },
      directory: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { text: HELP, code: 0 };
  if (values.list) return { text: STEPS.map(({ name, says }) => `${name.padEnd(10)} ${says}\n`).join(''), code: 0 };

  const problems: string[] = [];
  const only = values.only?.split(',').filter((name) => name !== '') ?? null;
  for (const name of only ?? [])
    if (!STEPS.some((step) => step.name === name)) problems.push(`--only: there is no step ${name}; --list says which there are`);
  const named = STORES.map((name) => environment[name]);
  const [brokers, redis, clickhouse] = named;
  const stores = brokers && redis && clickhouse ? { brokers: brokers.split(','), redis, clickhouse } : null;
  if (stores === null && named.some((value) => value)) problems.push(`${STORES.join(', ')}: name all three, or none`);
  if (
    stores === null &&
    values.address === undefined &&
    STEPS.some(({ name, needs }) => needs.stores && (only?.includes(name) ?? true))
  )
    problems.push('--address: missing; where is this machine for the pods? Or name the stores: see --help');
  for (const name of ['image', 'next'] as const)
    if (!/:[^/]+$/.test(values[name] ?? 'none:none')) problems.push(`--${name}: give a tag, too`);
  if (problems.length > 0) return { text: `${problems.join('\n')}\n`, code: 2 };
  return {
    address: values.address ?? null,
    stores,
    image: values.image,
    next: values.next ?? null,
    load: environment['MILLRACE_IMAGE_LOAD'] || null,
    values: values.values,
    namespace: values.namespace,
    only,
    keep: values.keep || only !== null,
    report: values.report ?? null,
    directory: resolve(values.directory ?? '.stack/cluster'),
  };
};

const STORES = ['MILLRACE_KAFKA_BROKERS', 'MILLRACE_REDIS_URL', 'MILLRACE_CLICKHOUSE_URL'] as const;
