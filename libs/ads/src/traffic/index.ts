export type { Delivery } from './courier';
export type { LiveTraffic } from './live';
export { liveTraffic } from './live';
export type { TrafficOptions } from './options';
export { PROPORTIONS, TRAFFIC_DEFAULTS } from './options';
export type { Split, SplitMetric, TrafficCounts, TrafficTotals, TrueMetrics, TrueSums } from './totals';
export type { Traffic } from './traffic';
export { createTraffic } from './traffic';
export { Random } from './random';
