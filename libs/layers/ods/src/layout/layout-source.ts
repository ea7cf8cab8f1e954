import { type JSONSchema, MAX_ID_BYTES, MAX_TIME_MS } from '@millrace/ads';
import { type Layout, MAX_DIGITS, type PlacedValue } from './layout';
import { allowsEmpty, type EventPlan, type FieldPlan } from './plan';

/**
 * The body of a function of (length, ingest_time, events) that reads the record in the scratch bytes: true when it has this layout and
 * every check holds, with its events appended; false when the general path has to look. Bytes of records stand in the code as numbers
 * only, names of theirs only if they are plain words.
 *
 * A value that is looked at has two locals, `s<place>` and `e<place>`, its first byte and the byte behind its last, without quotes;
 * `e < s` says null. Integers have theirs in `n<place>`. With quotes a value stands from `a<place>` to `b<place>`.
 */
export function layoutSource(layout: Layout, plans: readonly EventPlan[]): LayoutSource {
  const constants: unknown[] = [];
  const constant = (value: unknown): string => `constants[${constants.push(value) - 1}]`;
  const needs = needsOf(layout, plans);
  const code = [
    'let at = 0;',
    ...layout.values.flatMap((value, place) => [
      literalSource(value.before),
      `const a${place} = at;`,
      valueSource(value, place, needs[place] ?? 'any'),
      `const b${place} = at;`,
    ]),
    literalSource(layout.tail),
    'if (at !== length) return false;',
    'const text = textOf(length);',
    ...plans.map((plan, i) => eventSource(plan, `v${i}_`, constant)),
    ...plans.map((_, i) => `events.add(v${i}_);`),
    'return true;',
  ];
  return { code: code.join('\n'), constants };
}

export interface LayoutSource {
  readonly code: string;
  /** What the code refers to by index. */
  readonly constants: readonly unknown[];
}

/** What may stand at a place: any scalar, or only one of the value's kind, or null. */
type Need = 'any' | 'kind';

function needsOf({ values }: Layout, plans: readonly EventPlan[]): Need[] {
  const needs = values.map(({ present }): Need => (present ? 'kind' : 'any'));
  for (const { fields } of plans) for (const { from } of fields) if ('place' in from) needs[from.place] = 'kind';
  // A field that is null in the layout is fixed, and nobody reads the value: null it must be.
  return needs.map((need, place) => (values[place]?.kind === 'null' ? 'kind' : need));
}

/** Four bytes at a time, and the last four once more where they do not come out even. */
function literalSource(literal: string): string {
  const codes = Array.from(literal, (character) => character.charCodeAt(0));
  const words: number[] = [];
  for (let at = 0; at + 4 <= codes.length; at += 4) words.push(at);
  if (codes.length > 4 && codes.length % 4 !== 0) words.push(codes.length - 4);
  const checks =
    codes.length < 4
      ? codes.map((code, at) => `bytes[at + ${at}] !== ${code}`)
      : words.map((at) => `view.getInt32(at + ${at}, true) !== ${wordAt(codes, at)}`);
  return checks.length === 0 ? '' : `if (${checks.join(' || ')}) return false;\nat += ${codes.length};`;
}

const wordAt = (codes: readonly number[], at: number): number =>
  codes.slice(at, at + 4).reduce((word, code, i) => word | (code << (8 * i)), 0);

const NULL = wordAt([110, 117, 108, 108], 0);

function valueSource({ kind, present }: PlacedValue, place: number, need: Need): string {
  const s = `s${place}`;
  const e = `e${place}`;
  if (need === 'any') return 'at = skip(at);\nif (at < 0) return false;';
  const isNull = present
    ? 'return false;'
    : `if (view.getInt32(at, true) !== ${NULL}) return false; else { ${s} = 1; ${e} = 0; at += 4; }`;
  if (kind === 'null') return `let ${s}; let ${e};\n${isNull}`;
  if (kind === 'text')
    return `let ${s} = at + 1; let ${e};
    if (bytes[at] === 34) {
      at++;
      while (plain[bytes[at]] === 1) at++;
      if (bytes[at] !== 34 ${present ? `|| at === ${s}` : ''}) return false;
      ${e} = at++;
    } else ${isNull}`;
  // The first nine digits in small integers: as a double, every digit would wait for the one before it.
  return `let ${s} = at; let ${e}; let n${place} = 0;
    if (digit[bytes[at]] === 1) {
      let digits = 0;
      const near = at + 9;
      do digits = digits * 10 + (bytes[at++] - 48); while (at < near && digit[bytes[at]] === 1);
      n${place} = digits;
      if (digit[bytes[at]] === 1) {
        let scale = 1;
        digits = 0;
        do { digits = digits * 10 + (bytes[at++] - 48); scale *= 10; } while (scale < ${10 ** (MAX_DIGITS - 9)} && digit[bytes[at]] === 1);
        n${place} = n${place} * scale + digits;
      }
      ${e} = at;
      if (bytes[${s}] === 48 && at - ${s} > 1) return false;
    } else ${isNull}`;
}

type Constant = (value: unknown) => string;

function eventSource({ type, schema, fields, extras }: EventPlan, prefix: string, constant: Constant): string {
  const names = fields.map(({ name }) => name);
  const local = (name: string): string => prefix + name;
  const kept = extras.map(({ name, from }) => {
    if ('fixed' in from) return `${name}: ${constant(from.fixed)}`;
    return `${name}: scalar(text, a${from.place}, b${from.place})`;
  });
  const notEmpty = extras.flatMap(({ from }) =>
    'place' in from && !from.emptyIsKept
      ? [`if (bytes[a${from.place}] === 34 && b${from.place} - a${from.place} === 2) return false;`]
      : [],
  );
  const amount = names.find((name) => name === 'amount_minor' || name === 'cost_minor');
  return [
    ...fields.map((field) => fieldSource(field, local(field.name), constant)),
    `if (isPlaceholder(${local('user_id')})) return false;`,
    `if (${local('event_time')} > ingest_time + tolerance) return false;`,
    amount === undefined
      ? ''
      : `if (${local('currency')} !== null && ${local('currency')} !== base_currency && ${local(amount)} !== null
         && !covers(${local('currency')}, ${local('event_time')})) return false;`,
    ...notEmpty,
    `const ${prefix} = { type: ${JSON.stringify(schema.title ?? type)},
      ${names.map((name) => `${name}: ${name === 'user_id' ? `userOf(${local(name)})` : local(name)}`).join(', ')},
      ingest_time, extra: ${kept.length === 0 ? 'null' : `{ ${kept.join(', ')} }`} };`,
  ].join('\n');
}

function fieldSource({ field, required, from }: FieldPlan, local: string, constant: Constant): string {
  if ('fixed' in from) return `const ${local} = ${constant(from.fixed)};`;
  const { place, value, conversion } = from;
  const given = value.kind === 'text' ? `text.substring(s${place}, e${place})` : `n${place}`;
  const read =
    conversion === null
      ? checkSource(field, value.kind === 'text', place, local, given)
      : `const given = ${constant(conversion.convert)}(${given});
         if (given === refused || given === null || given === '') return false;
         ${convertedSource(field, local)}`;
  // Empty text is present in no field that is required, and absent in those that say so.
  const isEmpty = value.kind === 'text' && (required || !allowsEmpty(field)) ? `if (s${place} === e${place}) return false;` : '';
  if (required) return `let ${local};\nif (e${place} < s${place}) return false;\n${isEmpty}\n{ ${read} }`;
  const there = value.kind === 'text' && isEmpty === '' ? `e${place} > s${place}` : `e${place} >= s${place}`;
  return `let ${local} = ${constant(field.default ?? null)};\n${isEmpty}\nif (${there}) { ${read} }`;
}

/** For a value as it stands in the record, of which the scanner knows much already. */
function checkSource(field: JSONSchema, isText: boolean, place: number, local: string, given: string): string {
  if (field.enum !== undefined || field['x-value'] === 'currency')
    return `const given = ${given};\n${convertedSource(field, local)}`;
  switch (field['x-value']) {
    case 'time':
      return isText
        ? `${local} = asTime(${given}); if (${local} !== ${local}) return false;`
        : `${local} = ${given}; if (${local} > ${MAX_TIME_MS}) return false;`;
    case 'money':
    case 'integer':
      if (isText) return 'return false;';
      return `${local} = ${given}; if (${local} < ${field.minimum ?? 0} || ${local} > ${field.maximum ?? Number.MAX_SAFE_INTEGER}) return false;`;
    default:
      return `if (e${place} - s${place} > ${MAX_ID_BYTES}) return false; ${local} = text.substring(s${place}, e${place});`;
  }
}

/** For any value: as the validator does it. */
function convertedSource(field: JSONSchema, local: string): string {
  if (field.enum !== undefined) {
    const differs = field.enum.map((value) => `given !== ${JSON.stringify(value)}`).join(' && ');
    return `if (${differs}) return false; ${local} = given;`;
  }
  switch (field['x-value']) {
    case 'time':
      return `${local} = asTime(given); if (${local} !== ${local}) return false;`;
    case 'money':
    case 'integer':
      return `${local} = asInteger(given, ${field.minimum ?? 0}, ${field.maximum ?? Number.MAX_SAFE_INTEGER}); if (${local} !== ${local}) return false;`;
    case 'currency':
      return `${local} = asCurrency(given); if (${local} === null) return false;`;
    default:
      return `${local} = asId(given); if (${local} === null) return false;`;
  }
}
