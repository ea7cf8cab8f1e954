import { type JSONScalar, type JSONSchema, zoneOf } from '@millrace/ads';
import { type FieldDeclaration, type FormatDeclaration, type FoundField, isConstant } from '../declaration/declaration';
import { scaleDecimal } from './decimal';
import { compileLookup } from './lookup';
import { compileTimePattern } from './time-pattern';

/** How one field of an event is made from a record. */
export interface FieldReader {
  /** The value for the validator; undefined when there is none, `REFUSED` when it is not what was declared. */
  readonly read: (record: unknown) => unknown;
  /** What a refused value should have been. */
  readonly expected: string;
}

/** What an outside value that is there (neither null nor empty) becomes. */
export interface Conversion {
  /** The value for the validator, or `REFUSED`. */
  readonly convert: (value: unknown) => unknown;
  /** What `convert` gives back as it came. */
  readonly keeps: 'everything' | 'integers' | 'nothing';
  readonly expected: string;
}

export const REFUSED = Symbol('refused');

/** @param schema the event schema's own of this field; says into what the outside value has to be turned */
export function compileField(declared: string | FieldDeclaration, schema: JSONSchema, format: FormatDeclaration): FieldReader {
  const field = typeof declared === 'string' ? { from: declared } : declared;
  if (isConstant(field)) return { read: () => field.constant, expected: '' };
  const lookup = compileLookup(field.from, format);
  const { convert, expected } = compileConversion(field, schema);
  return {
    expected,
    read(record) {
      const value = lookup(record);
      return value === undefined || value === null || value === '' ? value : convert(value);
    },
  };
}

/** @param schema the event schema's own of the field */
export function compileConversion(field: FoundField, schema: JSONSchema): Conversion {
  if (field.values !== undefined) return valuesConversion(field.values);
  switch (schema['x-value']) {
    case 'time':
      return timeConversion(field);
    case 'money':
    case 'integer':
      return decimalConversion(field);
    default:
      return AS_IT_IS;
  }
}

export const AS_IT_IS: Conversion = { convert: (value) => value, keeps: 'everything', expected: '' };

function valuesConversion(values: Readonly<Record<string, JSONScalar>>): Conversion {
  const meanings = new Map(Object.entries(values));
  return {
    convert: (value) => (isScalar(value) ? (meanings.get(String(value)) ?? REFUSED) : REFUSED),
    keeps: 'nothing',
    expected: `one of ${[...meanings.keys()].map((name) => JSON.stringify(name)).join(', ')}`,
  };
}

export const isScalar = (value: unknown): value is JSONScalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** Numbers written as text are numbers; declared decimals are moved into the minor unit. */
function decimalConversion({ decimals }: FoundField): Conversion {
  const convert = (value: unknown): unknown => {
    // A JSON number without a declared unit is the validator's to judge.
    if (typeof value !== 'string' && (typeof value !== 'number' || decimals === undefined)) return value;
    return numberOr(scaleDecimal(String(value), decimals ?? 0));
  };
  return decimals === undefined
    ? { convert, keeps: 'integers', expected: 'an integer' }
    : { convert, keeps: 'nothing', expected: `a decimal number with at most ${decimals} decimals` };
}

const numberOr = (value: number): unknown => (Number.isNaN(value) ? REFUSED : value);

function timeConversion({ time, zone }: FoundField): Conversion {
  switch (time) {
    case undefined:
    case 'rfc3339':
      return AS_IT_IS;
    case 'ms':
      return {
        convert: (value) => (isScalar(value) ? numberOr(scaleDecimal(String(value), 0)) : REFUSED),
        keeps: 'integers',
        expected: 'integer milliseconds since 1970',
      };
    case 's':
      return {
        convert: (value) => (isScalar(value) ? numberOr(secondsToMs(String(value))) : REFUSED),
        keeps: 'nothing',
        expected: 'seconds since 1970',
      };
    default:
      return patternConversion(time, zone ?? 'UTC');
  }
}

/** Fractions of a second beyond the millisecond are cut off, as they are in RFC 3339. */
const secondsToMs = (text: string): number => scaleDecimal(text.replace(/(\.\d{3})\d+$/, '$1'), 3);

function patternConversion(pattern: string, zoneName: string): Conversion {
  const parse = compileTimePattern(pattern);
  if (parse === null) throw new RangeError(`no time pattern: ${pattern}`);
  const zone = zoneOf(zoneName);
  return {
    convert(value) {
      // Digits alone may also have come as a JSON number.
      const local_ms = isScalar(value) ? parse(String(value)) : NaN;
      return Number.isNaN(local_ms) ? REFUSED : zone.instantOf(local_ms);
    },
    keeps: 'nothing',
    expected: `a time like ${pattern} in ${zoneName}`,
  };
}
