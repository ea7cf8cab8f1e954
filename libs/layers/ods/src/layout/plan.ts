import {
  asCurrency,
  asId,
  asInteger,
  asTime,
  EVENT_SCHEMAS,
  EVENT_TYPES,
  type EventSchema,
  type EventType,
  type JSONScalar,
  type JSONSchema,
} from '@millrace/ads';
import { type FieldDeclaration, isConstant, type MappingDeclaration, type SourceDeclaration } from '../declaration/declaration';
import { compileConditions } from '../mapping/condition';
import { AS_IT_IS, compileConversion, type Conversion, REFUSED } from '../mapping/field';
import { compileType, schemaOf } from '../mapping/mapping';
import type { Layout, Pin, PlacedValue } from './layout';

/** Where the fields of one event stand in a layout. */
export interface EventPlan {
  readonly type: EventType;
  readonly schema: EventSchema;
  /** One for every field of the schema but `type`, in its order. */
  readonly fields: readonly FieldPlan[];
  /** Further things to keep: name → place. */
  readonly extras: readonly ExtraPlan[];
}

export interface FieldPlan {
  readonly name: string;
  readonly field: JSONSchema;
  readonly required: boolean;
  readonly from: FieldOrigin;
}

export type FieldOrigin =
  /** Read from the record; a conversion that keeps what it is given is left out. */
  | { readonly place: number; readonly value: PlacedValue; readonly conversion: Conversion | null }
  /** The same in every event. */
  | { readonly fixed: JSONScalar };

export interface ExtraPlan {
  readonly name: string;
  readonly from: { readonly place: number; readonly emptyIsKept: boolean } | { readonly fixed: JSONScalar };
}

/** What the layouts of a source must know: the values that decide which mappings apply, and which types they make. */
export function pinsOf({ mappings }: SourceDeclaration): (path: string) => Pin {
  const pins = new Map<string, Pin>();
  for (const { type, when, identity } of mappings) {
    for (const [path, condition] of Object.entries(when ?? {})) {
      if (!('present' in condition)) pins.set(path, 'pinned');
      else if (!pins.has(path)) pins.set(path, 'present');
    }
    if (type === undefined && identity === true) pins.set('type', 'pinned');
    if (typeof type === 'object' && !isConstant(type)) pins.set(type.from, 'pinned');
  }
  return (path) => pins.get(path) ?? 'free';
}

/**
 * The events that every record of a layout makes, in the order of the mappings; null when one of them can only be read by the general
 * path.
 *
 * @param record one of these records, parsed
 */
export function planEvents(declaration: SourceDeclaration, layout: Layout, record: unknown): readonly EventPlan[] | null {
  const plans: EventPlan[] = [];
  for (const mapping of declaration.mappings) {
    if (!compileConditions(mapping.when ?? {}, declaration.format)(record)) continue;
    const type =
      mapping.type === undefined ? (record as { type?: unknown }).type : compileType(mapping, declaration.format)(record);
    if (type === REFUSED) continue;
    const plan = isEventType(type) ? planEvent(mapping, type, layout, declaration) : null;
    if (plan === null) return null;
    plans.push(plan);
  }
  return plans.length > 0 ? plans : null;
}

const isEventType = (type: unknown): type is EventType => EVENT_TYPES.includes(type as EventType);

function planEvent(
  mapping: MappingDeclaration,
  type: EventType,
  layout: Layout,
  declaration: SourceDeclaration,
): EventPlan | null {
  const schema = EVENT_SCHEMAS[type];
  const declared = mapping.fields ?? {};
  const identity = mapping.identity === true;
  // Conditional schemas and kept objects are rare enough for the general path.
  if (schema.if !== undefined || (identity && layout.containers.size > 0)) return null;
  if (!Object.keys(declared).every((name) => Object.hasOwn(schema.properties, name))) return null;

  const fields: FieldPlan[] = [];
  for (const [name, field] of Object.entries(schema.properties)) {
    if (name === 'type') continue;
    const required = schema.required.includes(name);
    const own = Object.hasOwn(declared, name) ? declared[name] : undefined;
    const from = originOf(name, field, own, { layout, identity, default_source: declaration.default_source });
    if (from === null || (required && 'fixed' in from && from.fixed === null)) return null;
    fields.push({ name, field, required, from });
  }
  const extras = planExtras(mapping, schema, layout);
  return extras === null ? null : { type, schema, fields, extras };
}

interface Surroundings {
  readonly layout: Layout;
  readonly identity: boolean;
  readonly default_source: string | undefined;
}

/** Where a field comes from; null when only the general path can say. */
function originOf(
  name: string,
  schema: JSONSchema,
  declared: string | FieldDeclaration | undefined,
  { layout, identity, default_source }: Surroundings,
): FieldOrigin | null {
  const field = typeof declared === 'string' ? { from: declared } : declared;
  if (field !== undefined && isConstant(field)) return fixedValue(field.constant, schema);
  if (field !== undefined) {
    if (layout.containers.has(field.from)) return null;
    const found = foundAt(field.from, compileConversion(field, schemaOf(name)), schema, layout);
    if (found !== undefined) return orDefault(found);
  }
  const found = identity ? foundAt(name, AS_IT_IS, schema, layout) : undefined;
  return orDefault(found === undefined ? { fixed: schema.default ?? null } : found);

  function orDefault(origin: FieldOrigin | null): FieldOrigin | null {
    const isAbsent = origin !== null && 'fixed' in origin && origin.fixed === null;
    return isAbsent && name === 'source' && default_source !== undefined ? fixedValue(default_source, schema) : origin;
  }
}

/** Undefined when there is nothing at the path. */
function foundAt(path: string, conversion: Conversion, schema: JSONSchema, layout: Layout): FieldOrigin | null | undefined {
  const pinned = layout.pinned.get(path);
  if (pinned !== undefined) {
    const given = pinned === null || pinned === '' ? pinned : conversion.convert(pinned);
    return given === REFUSED ? null : fixedValue(given as JSONScalar, schema);
  }
  const place = layout.values.findIndex((value) => value.path === path);
  const value = layout.values[place];
  if (value === undefined) return undefined;
  if (value.kind === 'other') return null;
  if (value.kind === 'null') return fixedValue(null, schema);
  const kept = conversion.keeps === 'everything' || (conversion.keeps === 'integers' && value.kind === 'integer');
  return { place, value, conversion: kept ? null : conversion };
}

/** What every event has: judged once, as the validator would judge it in each. */
function fixedValue(given: JSONScalar, schema: JSONSchema): FieldOrigin | null {
  if (given === null || (given === '' && allowsEmpty(schema))) return { fixed: schema.default ?? null };
  if (schema.enum !== undefined) return schema.enum.includes(given) ? { fixed: given } : null;
  const value = checked(given, schema);
  return value === null || Number.isNaN(value) ? null : { fixed: value };
}

/** Whether empty text means that the field is absent. */
export const allowsEmpty = (field: JSONSchema): boolean =>
  field.anyOf?.some((branch) => branch.enum?.includes('') === true) === true;

function checked(given: JSONScalar, schema: JSONSchema): string | number | null {
  switch (schema['x-value']) {
    case 'time':
      return asTime(given);
    case 'money':
    case 'integer':
      return asInteger(given, schema.minimum ?? 0, schema.maximum);
    case 'currency':
      return asCurrency(given);
    default:
      return asId(given);
  }
}

/** Null when something that is kept can only be read by the general path. */
function planExtras(
  { identity, extra = {} }: MappingDeclaration,
  schema: EventSchema,
  layout: Layout,
): readonly ExtraPlan[] | null {
  const extras = new Map<string, ExtraPlan>();
  if (identity === true) {
    for (const [name, fixed] of layout.pinned) extras.set(name, { name, from: { fixed } });
    for (const [place, { path }] of layout.values.entries()) extras.set(path, { name: path, from: { place, emptyIsKept: true } });
    for (const name of Object.keys(schema.properties)) extras.delete(name);
  }
  for (const [name, path] of Object.entries(extra)) {
    const place = layout.values.findIndex((value) => value.path === path);
    const fixed = layout.pinned.get(path);
    if (layout.containers.has(path)) return null;
    if (place >= 0) extras.set(name, { name, from: { place, emptyIsKept: false } });
    else if (fixed !== undefined && fixed !== '') extras.set(name, { name, from: { fixed } });
  }
  return [...extras.values()].every(({ name }) => PLAIN_NAME.test(name)) ? [...extras.values()] : null;
}

/** A name that stands in code as it is: what comes from records gets into code in no other form. */
const PLAIN_NAME = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/;
