export * from './dwd';
export type { DwdCounters, LateAge } from './counters';
export { newCounters, sumCounters } from './counters';
export { Actions } from './actions';
export type { Action } from './actions';
export { Exposures } from './exposures/exposures';
export { DayCounts } from './distinct/day-counts';
export { DistinctUsers } from './distinct/distinct-users';
