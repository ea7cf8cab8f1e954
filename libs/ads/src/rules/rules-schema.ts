import { SHARED_MODELS } from '../attribution/models';
import { JSON_SCHEMA_DRAFT, type JSONSchema } from '../events/json-schema';
import { MAX_TIME_MS } from '../events/fields';

/** The JSON Schema of a file of rules: for editors, the docs, and the first half of its validation. */

/** Longer is a slip of the keyboard: state would be kept for ever. */
const MAX_DURATION_MS = 10 * 366 * 86_400_000;

const DURATION: JSONSchema = {
  description: 'a duration such as 2s, 3h or 14d, or whole milliseconds',
  anyOf: [
    { type: 'string', pattern: '^([0-9]{1,12}(ms|s|m|h|d|w))+$' },
    { type: 'integer', minimum: 0, maximum: MAX_DURATION_MS },
  ],
};
const POSITIVE_DURATION: JSONSchema = {
  description: 'a duration longer than nothing, such as 3h or 14d, or whole milliseconds',
  anyOf: [
    { type: 'string', pattern: '^([0-9]{1,12}(ms|s|m|h|d|w))+$' },
    { type: 'integer', minimum: 1, maximum: MAX_DURATION_MS },
  ],
};
const CURRENCY: JSONSchema = { 'x-value': 'currency', type: 'string', pattern: '^[A-Z]{3}$' };
const INSTANT: JSONSchema = {
  description: 'an RFC 3339 date-time with an offset, or whole milliseconds since 1970',
  anyOf: [{ type: 'string' }, { type: 'integer', minimum: 0, maximum: MAX_TIME_MS }],
};

const RATE: JSONSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 100 },
    currency: CURRENCY,
    from: INSTANT,
    base_micro: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  },
  required: ['id', 'currency', 'from', 'base_micro'],
  additionalProperties: false,
};

/** What may change from one day to the next (D3). */
const DATED: Readonly<Record<string, JSONSchema>> = {
  window: POSITIVE_DURATION,
  window_mode: { enum: ['rolling', 'calendar'] },
  invalidation: POSITIVE_DURATION,
  repeat_within: DURATION,
  models: { type: 'array', items: { enum: SHARED_MODELS.map(({ name }) => name) }, uniqueItems: true },
};

export const DATED_RULE_NAMES: readonly string[] = Object.keys(DATED);

export const RULES_SCHEMA: JSONSchema = {
  $schema: JSON_SCHEMA_DRAFT,
  title: 'Rules',
  description: 'The constants of the business rules; what is left out keeps its default.',
  type: 'object',
  properties: {
    zone: { type: 'string', minLength: 1 },
    base_currency: CURRENCY,
    rates: { type: 'array', items: RATE },
    lateness: POSITIVE_DURATION,
    line_life: POSITIVE_DURATION,
    ...DATED,
    changes: {
      type: 'array',
      items: {
        type: 'object',
        properties: { from_day: { type: 'string' }, ...DATED },
        required: ['from_day'],
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

export const isDurationInRange = (ms: number): boolean => ms <= MAX_DURATION_MS;
