import { schemaProblems, type JSONSchema } from '@millrace/ads';
import { HASH_PATTERN } from './api-key';
import { RIGHTS, type Asker, type Right } from './asker';

/** One key as the file or secret has it. */
export interface KeyEntry {
  readonly name: string;
  /** `sha256:` and 64 hexadecimal digits, as `makeKey` gives it. */
  readonly hash: string;
  readonly rights: readonly Right[];
  /** `all`, or ids of merchants. */
  readonly merchants: 'all' | readonly string[];
  readonly requests_per_minute?: number;
}

export interface KeysFile {
  readonly keys: readonly KeyEntry[];
}

/** Hash → whose key it is. */
export type ApiKeys = ReadonlyMap<string, Asker>;

/** The keys, or all problems of the file at once, each beginning with its path. */
export type ParsedKeys =
  { readonly keys: ApiKeys; readonly problems: readonly [] } | { readonly keys: null; readonly problems: readonly string[] };

export const KEYS_SCHEMA: JSONSchema = {
  title: 'API keys',
  description: 'Who may use the API. Keys themselves are not here, only their hashes.',
  type: 'object',
  properties: {
    keys: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 64, description: 'Shown in logs.' },
          hash: { type: 'string', pattern: HASH_PATTERN, description: 'SHA-256 of the key.' },
          rights: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', enum: RIGHTS } },
          merchants: {
            description: '"all", or a list of merchant ids',
            anyOf: [
              { type: 'string', enum: ['all'] },
              { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', minLength: 1 } },
            ],
          },
          requests_per_minute: { type: 'integer', minimum: 1, maximum: 1_000_000 },
        },
        required: ['name', 'hash', 'rights', 'merchants'],
        additionalProperties: false,
      },
    },
  },
  required: ['keys'],
  additionalProperties: false,
};

/** Checks a whole file of keys. Never throws, whatever the JSON; never repeats a hash. */
export const parseKeys = (json: unknown): ParsedKeys => {
  const malformed = schemaProblems(json, KEYS_SCHEMA, '').map(withoutValueOfHash);
  if (malformed.length > 0) return { keys: null, problems: malformed };
  // The schema has just said so.
  const { keys } = json as KeysFile;
  const problems = keys.flatMap((entry, index) => entryProblems(entry, keys.slice(0, index), `keys[${index}]`));
  return problems.length > 0
    ? { keys: null, problems }
    : { keys: new Map(keys.map((entry) => [entry.hash, askerOf(entry)])), problems: [] };
};

/** Someone may have put the key itself there. */
const withoutValueOfHash = (problem: string): string =>
  /^keys\[\d+\]\.hash: expected/.test(problem)
    ? `${problem.slice(0, problem.indexOf(':'))}: expected sha256: and 64 hexadecimal digits, the hash of a key`
    : problem;

const entryProblems = ({ name, hash, rights, merchants }: KeyEntry, before: readonly KeyEntry[], path: string): string[] => [
  ...(before.some((each) => each.name === name) ? [`${path}.name: "${name}" is given twice`] : []),
  ...(before.some((each) => each.hash === hash) ? [`${path}.hash: is given twice`] : []),
  ...(rights.includes('operate') && merchants !== 'all'
    ? [`${path}.rights: operate is for keys of all merchants; what it shows belongs to none`]
    : []),
];

const askerOf = ({ name, rights, merchants, requests_per_minute }: KeyEntry): Asker => ({
  name,
  rights: new Set(rights),
  merchants: merchants === 'all' ? 'all' : new Set(merchants),
  requests_per_minute: requests_per_minute ?? null,
});
