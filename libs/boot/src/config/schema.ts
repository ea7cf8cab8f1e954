import { isFolder } from './document';
import { environmentName } from './names';
import type { Option, OptionTable } from './option';

/** The JSON Schema (2020-12) of an app's configuration file: what `--schema` prints, and what every value is held against. */
export const schemaOf = (title: string, table: OptionTable): Record<string, unknown> => {
  const root = folder();
  for (const [path, option] of Object.entries(table)) {
    const names = path.split('.');
    const last = names.pop() ?? path;
    let at = root;
    for (const name of names) at = at.properties[name] instanceof Folder ? at.properties[name] : (at.properties[name] = folder());
    at.properties[last] = property(path, option);
  }
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...plain(root) };
};

class Folder {
  readonly properties: Record<string, object> = {};
}
const folder = (): Folder => new Folder();

const property = (path: string, { description, schema, default: fallback, secret }: Option<unknown>): object => ({
  description: `${description} (${environmentName(path)})`,
  ...schema,
  ...(fallback !== undefined && { default: fallback }),
  ...(secret && { writeOnly: true }),
});

const plain = ({ properties }: Folder): Record<string, unknown> => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, value instanceof Folder ? plain(value) : value]),
  ),
  additionalProperties: false,
});

/** Paths of a document that the schema does not know, whatever their values. */
export const unknownPaths = (document: unknown, table: OptionTable, under = ''): string[] => {
  if (!isFolder(document)) return [];
  const paths = Object.keys(table);
  return Object.entries(document).flatMap(([name, value]) => {
    const path = under + name;
    if (paths.includes(path)) return [];
    return paths.some((known) => known.startsWith(`${path}.`)) && isFolder(value)
      ? unknownPaths(value, table, `${path}.`)
      : [path];
  });
};
