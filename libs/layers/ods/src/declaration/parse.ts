import { EVENT_SCHEMAS, EVENT_TYPES, type EventType, type JSONSchema, pathTo, schemaProblems, zoneOf } from '@millrace/ads';
import { compileTimePattern } from '../mapping/time-pattern';
import {
  type FieldDeclaration,
  type FoundField,
  isConstant,
  type MappingDeclaration,
  type SourceDeclaration,
} from './declaration';
import { SOURCE_SCHEMA } from './schema';

/** A declaration that can be used, or all of its problems at once, each beginning with its path. */
export type ParsedDeclaration =
  | { readonly declaration: SourceDeclaration; readonly problems: readonly [] }
  | { readonly declaration: null; readonly problems: readonly string[] };

/** Checks a whole declaration. Never throws, whatever the JSON. */
export function parseSourceDeclaration(json: unknown): ParsedDeclaration {
  const malformed = schemaProblems(json, SOURCE_SCHEMA, '');
  if (malformed.length > 0) return { declaration: null, problems: malformed };
  // The schema has just said so.
  const declaration = json as SourceDeclaration;
  const problems = [
    ...formatProblems(declaration),
    ...declaration.mappings.flatMap((mapping, i) => mappingProblems(mapping, `mappings[${i}]`, declaration)),
  ];
  return problems.length > 0 ? { declaration: null, problems } : { declaration, problems: [] };
}

function formatProblems({ format }: SourceDeclaration): string[] {
  if (format.type !== 'json')
    return [
      ...(format.columns === undefined ? [`format.columns: missing; ${format.type} needs the names of its columns`] : []),
      ...(format.envelope === undefined ? [] : [`format.envelope: means nothing for ${format.type}`]),
    ];
  return (['columns', 'header', 'quoted'] as const)
    .filter((name) => format[name] !== undefined)
    .map((name) => `format.${name}: means nothing for json`);
}

function mappingProblems(mapping: MappingDeclaration, path: string, declaration: SourceDeclaration): string[] {
  const { fields = {}, extra = {}, when = {}, identity } = mapping;
  const problems: string[] = [];
  const { columns } = declaration.format;
  const checkPath = (from: string, at: string): void => {
    if (columns !== undefined && !columns.includes(from)) problems.push(`${at}: ${JSON.stringify(from)} is no column`);
  };

  const types = typesOf(mapping, path, problems);
  if (mapping.type !== undefined && typeof mapping.type !== 'string' && !isConstant(mapping.type))
    checkPath(mapping.type.from, `${path}.type.from`);
  for (const column of Object.keys(when)) checkPath(column, `${path}.when`);
  for (const [name, from] of Object.entries(extra)) {
    checkPath(from, pathTo(`${path}.extra`, name));
    if (types.some((type) => Object.hasOwn(EVENT_SCHEMAS[type].properties, name))) {
      problems.push(`${pathTo(`${path}.extra`, name)}: is a field of the event, map it in fields`);
    }
  }
  for (const [name, field] of Object.entries(fields)) {
    const at = pathTo(`${path}.fields`, name);
    const schema = types.map((type) => ownField(type, name)).find((found) => found !== undefined);
    if (name === 'type') problems.push(`${at}: is given by ${path}.type`);
    else if (schema === undefined)
      problems.push(`${at}: no field of ${types.join(', ')}; further things to keep belong in ${path}.extra`);
    else problems.push(...fieldProblems(field, schema, at));
    if (typeof field === 'string') checkPath(field, at);
    else if (!isConstant(field)) checkPath(field.from, `${at}.from`);
  }
  if (identity !== true) problems.push(...unmappedFields(types, fields, path, declaration));
  return problems;
}

const ownField = (type: EventType, name: string): JSONSchema | undefined =>
  Object.hasOwn(EVENT_SCHEMAS[type].properties, name) ? EVENT_SCHEMAS[type].properties[name] : undefined;

const isEventType = (value: unknown): value is EventType => EVENT_TYPES.includes(value as EventType);

/** The event types that a mapping can make; all of them when the record itself says. */
function typesOf({ type, identity }: MappingDeclaration, path: string, problems: string[]): readonly EventType[] {
  if (type === undefined) {
    if (identity !== true) problems.push(`${path}.type: missing`);
    return EVENT_TYPES;
  }
  const possible =
    typeof type === 'string'
      ? [type]
      : isConstant(type)
        ? [type.constant]
        : type.values === undefined
          ? EVENT_TYPES
          : [...new Set(Object.values(type.values))];
  for (const value of possible) {
    if (!isEventType(value))
      problems.push(`${path}.type: ${JSON.stringify(value)} is no event type; expected one of ${EVENT_TYPES.join(', ')}`);
  }
  const known = possible.filter(isEventType);
  return known.length > 0 ? known : EVENT_TYPES;
}

/** Every field that all of the mapping's types require has to come from somewhere. */
function unmappedFields(
  types: readonly EventType[],
  fields: object,
  path: string,
  { default_source }: SourceDeclaration,
): string[] {
  const [first, ...others] = types.map((type) => EVENT_SCHEMAS[type].required);
  return (first ?? [])
    .filter((name) => name !== 'type' && others.every((required) => required.includes(name)))
    .filter((name) => !Object.hasOwn(fields, name) && !(name === 'source' && default_source !== undefined))
    .map(
      (name) =>
        `${pathTo(`${path}.fields`, name)}: missing; ${types.join(', ')} requires it${name === 'source' ? ' (or a default_source)' : ''}`,
    );
}

function fieldProblems(field: string | FieldDeclaration, schema: JSONSchema, path: string): readonly string[] {
  if (typeof field === 'string') return [];
  if (isConstant(field)) return schemaProblems(field.constant, schema, `${path}.constant`);
  const problems: string[] = [];
  if (field.time !== undefined) problems.push(...timeProblems(field, field.time, schema, path));
  else if (field.zone !== undefined) problems.push(`${path}.zone: means nothing without time`);
  if (field.decimals !== undefined && schema['x-value'] !== 'money')
    problems.push(`${path}.decimals: only amounts have decimals`);
  if (field.values !== undefined) {
    if (field.time !== undefined || field.decimals !== undefined)
      problems.push(`${path}.values: cannot be combined with time or decimals`);
    for (const [name, value] of Object.entries(field.values))
      problems.push(...schemaProblems(value, schema, pathTo(`${path}.values`, name)));
  }
  return problems;
}

function timeProblems({ zone }: FoundField, time: string, schema: JSONSchema, path: string): readonly string[] {
  const problems: string[] = [];
  if (schema['x-value'] !== 'time') problems.push(`${path}.time: only times have a time format`);
  if (time === 'ms' || time === 's' || time === 'rfc3339') {
    if (zone !== undefined) problems.push(`${path}.zone: ${time} has its zone in itself`);
    return problems;
  }
  if (compileTimePattern(time) === null) {
    problems.push(
      `${path}.time: expected ms, s, rfc3339 or a pattern of yyyy, MM, dd, HH, mm, ss, SSS with at least yyyy, MM and dd`,
    );
  }
  if (zone === undefined) problems.push(`${path}.zone: missing; ${time} is a local time`);
  else problems.push(...zoneProblems(zone, `${path}.zone`));
  return problems;
}

function zoneProblems(zone: string, path: string): readonly string[] {
  try {
    zoneOf(zone);
    return [];
  } catch (error) {
    return [`${path}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
