export type * from './event';
export { expectationOf } from './expectations';
export { MAX_ID_BYTES, MAX_RECORD_BYTES, MAX_TIME_MS } from './fields';
export * from './json-schema';
export * from './rejection';
export { EVENT_SCHEMAS, EVENT_TYPES, type EventSchema, type EventType } from './schemas';
export { compileValidator, PLACEHOLDER_USERS, type Validator, type ValidatorOptions } from './validator';
export { asCurrency, asId, asInteger, asTime } from './values';
