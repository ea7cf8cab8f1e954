import Ajv2020 from 'ajv/dist/2020';
import { nested } from './document';
import type { Option, OptionTable } from './option';
import { schemaOf } from './schema';
import type { Found } from './sources';

/** Paths whose values do not fit the table's schema, each with a sentence that says what to change. */
export const misfits = (table: OptionTable, found: ReadonlyMap<string, Found>): Map<string, string> => {
  const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schemaOf('config', table));
  const values = new Map([...found].map(([path, { value }]) => [path, value]));
  const problems = new Map<string, string>();
  if (validate(nested(values))) return problems;
  for (const { instancePath } of validate.errors ?? []) {
    const path = Object.keys(table).find((known) => `${instancePath}/`.startsWith(`/${known.replaceAll('.', '/')}/`));
    const option = path === undefined ? undefined : table[path];
    if (path === undefined || option === undefined) continue;
    problems.set(path, sentence(path, option, found.get(path)));
  }
  return problems;
};

/** Says where it is written, what it is and what it should be; of a secret only the latter. */
export const sentence = (path: string, option: Option<unknown>, found: Found | undefined, why?: string): string => {
  const where = found?.origin === null || found === undefined ? '' : ` (${found.origin})`;
  const instead = option.secret === true || found === undefined ? '' : `, not ${JSON.stringify(found.value)}`;
  return `${path}${where}: ${why ?? `expected ${option.expected}${instead}`}`;
};
