import { expectationOf } from '../events/expectations';
import type { JSONSchema, JSONTypeName } from '../events/json-schema';

/**
 * All the ways in which a value does not fit a schema, each with its path: "mappings[1].fields.event_time: expected …". Understands
 * what the schemas of our files and the event schemas' fields use; tests have Ajv agree. Runs once per file, so it interprets.
 */
export function schemaProblems(value: unknown, schema: JSONSchema, path: string): readonly string[] {
  if (schema.anyOf !== undefined) return anyOfProblems(value, schema.anyOf, schema, path);
  if (schema.enum !== undefined) return schema.enum.includes(value as null) ? [] : [expected(path, namesOf(schema.enum), value)];
  if (schema.type !== undefined && !typesOf(schema).some((type) => isOfType(value, type))) {
    return [expected(path, wordsFor(schema), value)];
  }
  if (typeof value === 'string') return textProblems(value, schema, path);
  if (typeof value === 'number') return numberProblems(value, schema, path);
  if (Array.isArray(value)) return listProblems(value, schema, path);
  if (typeof value === 'object' && value !== null) return objectProblems(value, schema, path);
  return [];
}

/** `path.name`; a name that is no word is quoted. */
export function pathTo(path: string, name: string): string {
  if (!/^[\w-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

const typesOf = (schema: JSONSchema): readonly JSONTypeName[] =>
  schema.type === undefined ? [] : typeof schema.type === 'string' ? [schema.type] : schema.type;

function isOfType(value: unknown, type: JSONTypeName): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

/** The problems of the branch that was most likely meant, so that the message is about it. */
function anyOfProblems(value: unknown, branches: readonly JSONSchema[], schema: JSONSchema, path: string): readonly string[] {
  const tried = branches.map((branch) => schemaProblems(value, branch, path));
  if (tried.some((problems) => problems.length === 0)) return [];
  const meant = branches.findIndex(
    (branch) => isOfType(value, 'object') && (branch.required ?? []).some((name) => Object.hasOwn(value as object, name)),
  );
  return tried[meant] ?? [expected(path, wordsFor(schema), value)];
}

function textProblems(value: string, schema: JSONSchema, path: string): readonly string[] {
  const length = Array.from(value).length;
  if (length < (schema.minLength ?? 0)) return [expected(path, 'text that is not empty', value)];
  if (length > (schema.maxLength ?? Infinity)) return [`${path}: longer than ${schema.maxLength} characters`];
  if (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value)) return [];
  return [expected(path, `text that matches ${schema.pattern}`, value)];
}

function numberProblems(value: number, schema: JSONSchema, path: string): readonly string[] {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  return value >= minimum && value <= maximum ? [] : [expected(path, `a number from ${minimum} to ${maximum}`, value)];
}

function listProblems(value: readonly unknown[], schema: JSONSchema, path: string): readonly string[] {
  const { items, minItems = 0, uniqueItems } = schema;
  const problems = value.flatMap((item, index) => (items === undefined ? [] : schemaProblems(item, items, `${path}[${index}]`)));
  if (value.length < minItems) problems.push(`${path}: expected at least ${minItems} of them`);
  if (uniqueItems === true) {
    const repeated = value.find((item, index) => value.indexOf(item) !== index);
    if (repeated !== undefined) problems.push(`${path}: ${JSON.stringify(repeated)} is given twice`);
  }
  return problems;
}

function objectProblems(value: object, schema: JSONSchema, path: string): readonly string[] {
  const { properties = {}, required = [], additionalProperties = true, minProperties = 0 } = schema;
  const problems: string[] = [];
  for (const name of required) if (!Object.hasOwn(value, name)) problems.push(`${pathTo(path, name)}: missing`);
  for (const [name, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known !== undefined) problems.push(...schemaProblems(inner, known, pathTo(path, name)));
    else if (additionalProperties === false)
      problems.push(`${pathTo(path, name)}: unknown; expected one of ${Object.keys(properties).join(', ')}`);
    else if (additionalProperties !== true) problems.push(...schemaProblems(inner, additionalProperties, pathTo(path, name)));
  }
  if (Object.keys(value).length < minProperties) problems.push(`${path}: empty`);
  return problems;
}

const expected = (path: string, what: string, value: unknown): string =>
  `${path || 'document'}: expected ${what}, not ${shown(value)}`;

function wordsFor(schema: JSONSchema): string {
  if (schema['x-value'] !== undefined) return expectationOf(schema);
  return schema.anyOf === undefined ? typesOf(schema).join(' or ') : (schema.description ?? 'another value');
}

const namesOf = (values: readonly unknown[]): string => `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' && value.length > 60 ? `text of ${value.length} characters` : String(JSON.stringify(value));
}
