export type { Delivered, History } from './history';
export { asVector, histories, rearranged } from './history';
export type { HistoryOptions } from './options';
export { HISTORY_DEFAULTS } from './options';
export { nextMidnight } from './steps';
