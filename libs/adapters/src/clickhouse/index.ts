export type { ClickHouseOptions } from './options';
export { openClickHouseStore } from './server-store';
