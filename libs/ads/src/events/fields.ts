import type { JSONSchema } from './json-schema';

/** The kinds of field that events are made of, as JSON Schemas. Absent, null and (for text) empty mean the same in an optional field. */

/** Longest id, in bytes of UTF-8. `maxLength` counts characters, so the bytes are the validator's affair. */
export const MAX_ID_BYTES = 256;

/** Longest raw record, in bytes: a longer one is rejected unread, at whatever door. */
export const MAX_RECORD_BYTES = 1_000_000;

/** The last instant that RFC 3339 can name. */
export const MAX_TIME_MS = 253_402_300_799_999;

/**
 * No control characters: they break every export to text. No lone surrogates: they have no UTF-8, so two ids that differ in one would
 * become the same id on their way through the log.
 */
const TEXT = {
  type: 'string',
  minLength: 1,
  maxLength: MAX_ID_BYTES,
  pattern: '^[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$',
} as const satisfies JSONSchema;

/** Beyond the safe integers JSON has already lost digits, and two ids may have become one. */
const NUMBER = {
  type: 'number',
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
} as const satisfies JSONSchema;

const NONE = { enum: [null, ''] } as const satisfies JSONSchema;

export const id = (description: string) =>
  ({ 'x-value': 'id', description, anyOf: [TEXT, NUMBER] }) as const satisfies JSONSchema;
export const optionalId = (description: string) =>
  ({ 'x-value': 'id', description, anyOf: [TEXT, NUMBER, NONE] }) as const satisfies JSONSchema;

export const time = (description: string) =>
  ({ 'x-value': 'time', description, anyOf: [DATE_TIME, EPOCH_MS] }) as const satisfies JSONSchema;
export const optionalTime = (description: string) =>
  ({ 'x-value': 'time', description, anyOf: [DATE_TIME, EPOCH_MS, NONE] }) as const satisfies JSONSchema;

const DATE_TIME = {
  type: 'string',
  format: 'date-time',
  // Validators' `date-time` differ in what they let pass; this is RFC 3339's own grammar.
  pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$',
} as const satisfies JSONSchema;
const EPOCH_MS = { type: 'integer', minimum: 0, maximum: MAX_TIME_MS } as const satisfies JSONSchema;

/**
 * The largest amount of one event, minor units: ten thousand million of most currencies. Sums of amounts are exact up to
 * 2^53, which is 9 000 events of this size in one row.
 */
export const MAX_AMOUNT_MINOR = 1_000_000_000_000;

export const money = (description: string) =>
  ({
    'x-value': 'money',
    description,
    type: 'integer',
    minimum: 0,
    maximum: MAX_AMOUNT_MINOR,
  }) as const satisfies JSONSchema;
export const optionalMoney = (description: string) =>
  ({ ...money(description), type: ['integer', 'null'] }) as const satisfies JSONSchema;

export const optionalInteger = (description: string, minimum: number) =>
  ({
    'x-value': 'integer',
    description,
    type: ['integer', 'null'],
    minimum,
    maximum: Number.MAX_SAFE_INTEGER,
  }) as const satisfies JSONSchema;

export const optionalCurrency = (description: string) =>
  ({
    'x-value': 'currency',
    description,
    anyOf: [{ type: 'string', pattern: '^[A-Z]{3}$' }, NONE],
  }) as const satisfies JSONSchema;

export const oneOf = <const Values extends readonly string[]>(description: string, values: Values) =>
  ({ description, enum: values }) as const satisfies JSONSchema;
