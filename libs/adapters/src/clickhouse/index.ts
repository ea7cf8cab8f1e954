export type { ClickHouseOptions } from './options';
export { openClickHouseStore } from './server-store';
export { migrate, type MigrateOptions, missingMigrations, pendingMigrations, SchemaError } from './migrate';
