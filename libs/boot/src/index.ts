export { SystemClock } from './clock';
export { Lifecycle, type Part } from './lifecycle';
export { createLogger, type LoggerOptions } from './logger';
export { PromMeter } from './meter';
export { interrupted } from './signals';
