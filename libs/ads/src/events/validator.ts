import { FUTURE_TOLERANCE_MS } from '../rules';
import type { AdEvent } from './event';
import { extraOf, MAX_EXTRA_DEPTH } from './extra';
import { readerSource } from './reader-source';
import { type Rejection, rejection } from './rejection';
import { EVENT_SCHEMAS, EVENT_TYPES, type EventSchema } from './schemas';
import { asCurrency, asId, asInteger, asTime } from './values';

export interface ValidatorOptions {
  readonly base_currency: string;
  /** Whether an amount of a currency can be counted at a time (R11). Default: only the base currency's. */
  readonly covers?: (currency: string, time_ms: number) => boolean;
  /** User ids that stand for nobody. The entry `null` also covers JSON's null. Default: `PLACEHOLDER_USERS`. */
  readonly placeholder_users?: readonly string[];
  /** For events that name no source. Default: they are rejected. */
  readonly default_source?: string | null;
}

/** An event, or why not. Never throws, whatever the input. */
export type Validator = (input: unknown, ingest_time_ms: number) => AdEvent | Rejection;

/** What trackers write for "nobody"; the last is the advertising id of a phone whose owner opted out. */
export const PLACEHOLDER_USERS: readonly string[] = [
  '',
  '0',
  '-1',
  '-',
  'null',
  'NULL',
  'undefined',
  'None',
  'nan',
  'NaN',
  '00000000-0000-0000-0000-000000000000',
];

/**
 * Compiles the schemas, once per source, into code that reads an event in a fraction of the time of parsing its JSON
 * (tools/bench/validate.bench.mjs). The code is made from our own schemas alone; no input gets into it.
 */
export function compileValidator(options: ValidatorOptions): Validator {
  const readers = new Map<unknown, Validator>(EVENT_TYPES.map((type) => [type, compileReader(EVENT_SCHEMAS[type], options)]));
  return (input, ingest_time_ms) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return NOT_AN_OBJECT;
    const { type } = input as { readonly type?: unknown };
    const reader = readers.get(type);
    if (reader !== undefined) return reader(input, ingest_time_ms);
    return type === undefined || type === null ? MISSING_TYPE : UNKNOWN_TYPE;
  };
}

const TYPE_NAMES = `one of ${EVENT_TYPES.join(', ')}`;
const NOT_AN_OBJECT = rejection('not_an_object', null, 'a JSON object with the fields of an event');
const MISSING_TYPE = rejection('missing_field', 'type', TYPE_NAMES);
const UNKNOWN_TYPE = rejection('unknown_type', 'type', TYPE_NAMES);

function compileReader(schema: EventSchema, options: ValidatorOptions): Validator {
  const { code, rejections, known } = readerSource(schema);
  const placeholders = new Set(options.placeholder_users ?? PLACEHOLDER_USERS);
  const scope = {
    rejections,
    known,
    tolerance: FUTURE_TOLERANCE_MS,
    default_source: options.default_source ?? null,
    base_currency: options.base_currency,
    covers: options.covers ?? (() => false),
    isPlaceholder: (given: unknown): boolean =>
      typeof given === 'string'
        ? placeholders.has(given)
        : (given === null || typeof given === 'number') && placeholders.has(String(given)),
    asId,
    asTime,
    asInteger,
    asCurrency,
    extraOf,
    tooDeep: (name: string): Rejection => rejection('invalid_field', name, `at most ${MAX_EXTRA_DEPTH} levels of nesting`),
  };
  const make = new Function(...Object.keys(scope), `'use strict'; return (input, ingest_time) => {${code}\n}`);
  return make(...Object.values(scope)) as Validator;
}
