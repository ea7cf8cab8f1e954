import { readFileSync } from 'node:fs';
import { isFolder, valueAt } from './document';
import { environmentName, fileName, flagName } from './names';
import type { Option, OptionTable } from './option';
import { unknownPaths } from './schema';

/** A value before it is judged, and where it was written. */
export interface Found {
  readonly value: unknown;
  /** Where to mend it: a flag, an environment name, a file. Null: it is the default. */
  readonly origin: string | null;
}

export interface Sources {
  /** What the flags say, by path. */
  readonly flags: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration file, if one is given. */
  readonly file: string | null;
}

/** Looks every option up: flag before environment, environment (or the file that it names) before configuration file, then the default. */
export const findAll = (table: OptionTable, sources: Sources, problems: string[]): Map<string, Found> => {
  const document = documentOf(sources.file, table, problems);
  const found = new Map<string, Found>();
  for (const [path, option] of Object.entries(table)) {
    const value = find(path, option, sources, document, problems);
    if (value !== null) found.set(path, value);
  }
  return found;
};

const find = (
  path: string,
  option: Option<unknown>,
  { flags, environment, file }: Sources,
  document: unknown,
  problems: string[],
): Found | null => {
  const given = flags.get(path);
  if (given !== undefined) return { value: typed(given, option), origin: flagName(path) };

  const name = environmentName(path);
  // Empty is absent: compose files and charts cannot leave a name out.
  const said = environment[name] || undefined;
  const where = environment[fileName(path)] || undefined;
  if (said !== undefined && where !== undefined)
    problems.push(`${path}: both ${name} and ${fileName(path)} are set; unset one of them`);
  if (said !== undefined) return { value: typed(said, option), origin: name };
  if (where !== undefined) {
    const content = contentOf(where, `${path} (${fileName(path)})`, problems);
    return content === null
      ? null
      : { value: typed(content.replace(/\r?\n$/, ''), option), origin: `${fileName(path)}=${where}` };
  }

  const written = valueAt(document, path);
  if (written !== undefined) return { value: written, origin: file };
  if (option.default !== undefined) return { value: option.default, origin: null };
  if (option.optional === undefined)
    problems.push(
      `${path}: missing; set ${name}${option.secret ? ` or ${fileName(path)}` : ` or ${flagName(path)}`} to ${option.expected}`,
    );
  return null;
};

/** Text as the schema's type has it; what cannot be, stays text and is judged by the schema. */
const typed = (said: string, { schema }: Option<unknown>): unknown => {
  switch (schema.type) {
    case 'integer':
      return /^[+-]?\d+$/.test(said) ? Number(said) : said;
    case 'boolean':
      return said === 'true' || (said === 'false' ? false : said);
    case 'array':
      return said.split(',').map((item) => item.trim());
    case 'string':
      return said;
  }
};

const documentOf = (file: string | null, table: OptionTable, problems: string[]): unknown => {
  if (file === null) return undefined;
  const content = contentOf(file, 'config', problems);
  if (content === null) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch (error) {
    // The parser quotes what it read, which may be a secret.
    problems.push(`config: ${file} is not JSON${positionIn(error)}`);
    return undefined;
  }
  if (!isFolder(document)) problems.push(`config: ${file} must hold one JSON object`);
  for (const path of unknownPaths(document, table))
    problems.push(`${path}: ${file} has it, but there is no such option; --help lists them`);
  return document;
};

const positionIn = (error: unknown): string => (/ at position \d+/.exec(String(error)) ?? [''])[0];

const contentOf = (file: string, what: string, problems: string[]): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    problems.push(
      `${what}: ${file} cannot be read (${typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error)})`,
    );
    return null;
  }
};
