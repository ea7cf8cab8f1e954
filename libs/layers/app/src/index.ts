export { createApp, type AppOptions } from './app';
export { DEFAULT_LIMITS, type Limits } from './limits';
export type { Health } from './health/route';
export type { MetricsAnswer } from './metrics/answer';
export type { ConversionsAnswer } from './conversions/answer';
