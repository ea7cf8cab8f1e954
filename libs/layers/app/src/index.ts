export { createApp, type AppOptions } from './app';
export { hashOfKey, makeKey, type MadeKey } from './access/api-key';
export { bindingProblem, isLoopback } from './access/binding';
export { KEYS_SCHEMA, parseKeys, type ApiKeys, type KeyEntry, type KeysFile, type ParsedKeys } from './access/keys-file';
export { DEFAULT_LIMITS, type Limits } from './limits';
export type { Health } from './health/route';
export type { MetricsAnswer } from './metrics/answer';
export type { ConversionsAnswer } from './conversions/answer';
