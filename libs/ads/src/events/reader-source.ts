import { expectationOf } from './expectations';
import type { JSONSchema } from './json-schema';
import { type Rejection, rejection } from './rejection';
import type { EventSchema } from './schemas';

/**
 * Writes the JavaScript function that reads one type of event: straight-line code with every field in a local and one object literal at the
 * end, so that all events of a type have one hidden class. What the code refers to by name is in its scope, see `ReaderScope`.
 */
export function readerSource(schema: EventSchema): ReaderSource {
  const rejections: Rejection[] = [];
  const refuse = (rejected: Rejection): string => `return rejections[${rejections.push(rejected) - 1}];`;
  const names = Object.keys(schema.properties).filter((name) => name !== 'type');
  const fields = names.map((name) => fieldSource(name, schema, refuse));

  const code = `
    let seen = 1;
    ${fields.join('\n')}
    ${conditionSource(schema, refuse)}
    if (event_time > ingest_time + tolerance) ${refuse(rejection('future_time', 'event_time', 'a time not after the time of receipt'))}
    ${currencySource(names, refuse)}
    let extra = null;
    for (const _ in input) seen--;
    if (seen !== 0) {
      extra = extraOf(input, known);
      if (typeof extra === 'string') return tooDeep(extra);
    }
    return { type: ${JSON.stringify(schema.title)}, ${names.join(', ')}, ingest_time, extra };`;
  return { code, rejections, known: new Set(Object.keys(schema.properties)) };
}

export interface ReaderSource {
  /** Body of a function of (input, ingest_time). */
  readonly code: string;
  /** What it may answer instead of an event; the code refers to them by index. */
  readonly rejections: readonly Rejection[];
  readonly known: ReadonlySet<string>;
}

type Refuse = (rejected: Rejection) => string;

function fieldSource(name: string, schema: EventSchema, refuse: Refuse): string {
  const field = schema.properties[name] ?? {};
  const expected = expectationOf(field);
  const missing = refuse(rejection('missing_field', name, expected));
  const invalid = refuse(rejection('invalid_field', name, expected));
  const given = `given_${name}`;
  const parse = parseSource(name, given, field, invalid);
  const placeholder = rejection('placeholder_user', name, 'the id of a user');

  const lines = [`let ${given} = input.${name};`, `if (${given} !== undefined) seen++;`];
  if (name === 'source') lines.push(`if (${given} === undefined || ${given} === null) ${given} = default_source;`);
  // Before the general rules: an empty or null user is a statement that there is none, not a slip.
  if (name === 'user_id') lines.push(`if (isPlaceholder(${given})) ${refuse(placeholder)}`);
  if (schema.required.includes(name))
    lines.push(`if (${given} === undefined || ${given} === null) ${missing}`, `let ${name};`, parse);
  else {
    const absent = field.default === undefined ? 'null' : JSON.stringify(field.default);
    const notEmpty = allowsEmpty(field) ? ` && ${given} !== ''` : '';
    lines.push(`let ${name} = ${absent};`, `if (${given} !== undefined && ${given} !== null${notEmpty}) {`, parse, '}');
  }
  return lines.join('\n');
}

/** Whether empty text means that the field is absent. */
const allowsEmpty = (field: JSONSchema): boolean => field.anyOf?.some((branch) => branch.enum?.includes('') === true) === true;

function parseSource(name: string, given: string, field: JSONSchema, invalid: string): string {
  if (field.enum !== undefined) {
    const differs = field.enum.map((value) => `${given} !== ${JSON.stringify(value)}`).join(' && ');
    return `if (${differs}) ${invalid}\n${name} = ${given};`;
  }
  switch (field['x-value']) {
    case 'time':
      return `${name} = asTime(${given}); if (${name} !== ${name}) ${invalid}`;
    case 'money':
    case 'integer':
      return `${name} = asInteger(${given}, ${field.minimum ?? 0}, ${field.maximum ?? Number.MAX_SAFE_INTEGER}); if (${name} !== ${name}) ${invalid}`;
    case 'currency':
      return `${name} = asCurrency(${given}); if (${name} === null) ${invalid}`;
    default:
      return `${name} = asId(${given}); if (${name} === null) ${invalid}`;
  }
}

/** `if` one field has one value, `then` further fields are required: the only condition that our schemas use. */
function conditionSource(schema: EventSchema, refuse: Refuse): string {
  const [condition] = Object.entries(schema.if?.properties ?? {});
  if (condition === undefined) return '';
  const required = (schema.then?.required ?? []).map((name) => {
    const expected = expectationOf(schema.properties[name] ?? {});
    return `if (${name} === null) ${refuse(rejection('missing_field', name, expected))}`;
  });
  return `if (${condition[0]} === ${JSON.stringify(condition[1].const)}) { ${required.join('\n')} }`;
}

/** A currency without an amount says nothing and is let through. */
function currencySource(names: readonly string[], refuse: Refuse): string {
  const amount = names.find((name) => name === 'amount_minor' || name === 'cost_minor');
  if (amount === undefined) return '';
  const refused = refuse(rejection('unsupported_currency', 'currency', 'the base currency, or one that has a rate at that time'));
  return `if (currency !== null && currency !== base_currency && ${amount} !== null && !covers(currency, event_time)) ${refused}`;
}
