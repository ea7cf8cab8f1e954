import { workspace } from '@millrace/testkit/servers';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { attempt, run, type Said } from './command';
import { program } from './programs';
import { schemaLocations } from './schemas';

export const CHART = join(workspace(), 'helm/millrace');
const EXAMPLES = join(CHART, 'examples');

/** Files of example values, by their name without `.yaml`. */
export const examples = (): string[] => readdirSync(EXAMPLES).map((file) => file.replace(/\.yaml$/, ''));
export const exampleFile = (name: string): string => join(EXAMPLES, `${name}.yaml`);

interface Named {
  readonly name: string;
}

export interface Container extends Named {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface PodSpec {
  readonly containers: readonly [Container, ...Container[]];
  readonly volumes?: readonly (Named & { readonly configMap?: Named; readonly secret?: { readonly secretName: string } })[];
}

/** An object of Kubernetes, as far as tests look into one. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: Named & { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: PodSpec & {
    readonly template?: { readonly spec: PodSpec };
    readonly volumeClaimTemplates?: readonly Manifest[];
    readonly groups?: readonly object[];
  };
  readonly data?: Readonly<Record<string, string>>;
}

export interface Pod extends Named {
  readonly spec: PodSpec;
  /** Names of volumes that are claimed for it. */
  readonly claims: readonly string[];
}

/** Pods, and the templates of such. */
export const podsOf = (all: readonly Manifest[]): Pod[] =>
  all.flatMap(({ kind, metadata: { name }, spec }) => {
    const claims = (spec?.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
    const pod = kind === 'Pod' ? spec : spec?.template?.spec;
    return pod === undefined ? [] : [{ name, spec: pod, claims }];
  });

/** What `helm template` makes of an example, with `--set` on top. */
export const template = async (example: string, ...set: readonly string[]): Promise<string> =>
  run(await program('helm'), [
    'template',
    'millrace',
    CHART,
    '-f',
    exampleFile(example),
    ...set.flatMap((each) => ['--set', each]),
  ]);

/** The same, whatever comes of it. */
export const attemptTemplate = async (args: readonly string[]): Promise<Said> =>
  attempt(await program('helm'), ['template', 'millrace', CHART, ...args]);

export const manifests = (rendered: string): Manifest[] =>
  parseAllDocuments(rendered)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

/** Builds and fetches what the checks need; minutes the first time, nothing later. */
export const prepared = async (): Promise<void> => {
  await program('helm');
  await schemaLocations();
};
