import { EVENT_SCHEMAS, EVENT_TYPES, type EventType, type JSONSchema, type Rejection, rejection } from '@millrace/ads';
import { type FormatDeclaration, isConstant, type MappingDeclaration } from '../declaration/declaration';
import { compileConditions } from './condition';
import { compileField, REFUSED } from './field';
import { compileLookup } from './lookup';

/** Makes of a record what the validator judges: null when the mapping does not apply to it. */
export type Mapping = (record: unknown) => { readonly input: unknown } | Rejection | null;

export function compileMapping(declared: MappingDeclaration, format: FormatDeclaration): Mapping {
  const applies = compileConditions(declared.when ?? {}, format);
  if (
    declared.identity === true &&
    declared.type === undefined &&
    declared.fields === undefined &&
    declared.extra === undefined
  ) {
    return (record) => (applies(record) ? { input: record } : null);
  }

  const typeOf = compileType(declared, format);
  const fields = Object.entries(declared.fields ?? {}).map(([name, field]) => {
    const { read, expected } = compileField(field, schemaOf(name), format);
    return { name, read, refused: rejection('invalid_field', name, expected) };
  });
  const extras = Object.entries(declared.extra ?? {}).map(([name, path]) => ({ name, read: compileLookup(path, format) }));
  // An empty cell is an absent value, except for the user, of whom it says that there is none.
  const emptyIsAbsent = format.columns !== undefined;

  return (record) => {
    if (!applies(record)) return null;
    const type = typeOf(record);
    if (type === REFUSED) return null;
    const input: Record<string, unknown> = declared.identity === true && isObject(record) ? { ...record } : {};
    if (type !== undefined) input['type'] = type;
    for (const { name, read, refused } of fields) {
      const value = read(record);
      if (value === REFUSED) return refused;
      if (value === '' && emptyIsAbsent && name !== 'user_id') continue;
      if (value !== undefined) input[name] = value;
    }
    for (const { name, read } of extras) {
      const value = read(record);
      if (value !== undefined && value !== '') input[name] = value;
    }
    return { input };
  };
}

const isObject = (record: unknown): record is object => typeof record === 'object' && record !== null && !Array.isArray(record);

/** The type of the event, `REFUSED` when the record is not this mapping's, undefined when the record itself has it. */
export function compileType({ type }: MappingDeclaration, format: FormatDeclaration): (record: unknown) => unknown {
  if (type === undefined) return () => undefined;
  if (typeof type === 'string') return () => type;
  if (isConstant(type)) return () => type.constant;
  return compileField(type, {}, format).read;
}

/** Fields of one name mean the same in all event types, so the first that has it says what it is. */
export function schemaOf(name: string): JSONSchema {
  const type = EVENT_TYPES.find((candidate: EventType) => Object.hasOwn(EVENT_SCHEMAS[candidate].properties, name));
  return type === undefined ? {} : (EVENT_SCHEMAS[type].properties[name] ?? {});
}
