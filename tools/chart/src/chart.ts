import { workspace } from '@millrace/testkit/servers';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { attempt, run, type Said } from './command';
import { program } from './programs';

export const CHART = join(workspace(), 'helm/millrace');
const EXAMPLES = join(CHART, 'examples');

/** Files of example values, by their name without `.yaml`. */
export const examples = (): string[] => readdirSync(EXAMPLES).map((file) => file.replace(/\.yaml$/, ''));
export const exampleFile = (name: string): string => join(EXAMPLES, `${name}.yaml`);

/** An object of Kubernetes, as far as tests look into one. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: any;
  readonly data?: Readonly<Record<string, string>>;
}

/** What `helm template` makes of an example, with `--set` on top. */
export const template = async (example: string, ...set: readonly string[]): Promise<string> =>
  run(await program('helm'), ['template', 'millrace', CHART, '-f', exampleFile(example), ...set.flatMap((each) => ['--set', each])]);

/** The same, whatever comes of it. */
export const attemptTemplate = async (args: readonly string[]): Promise<Said> =>
  attempt(await program('helm'), ['template', 'millrace', CHART, ...args]);

export const manifests = (rendered: string): Manifest[] =>
  parseAllDocuments(rendered)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
