import { TABLES_0001 } from './0001-tables';
import type { Migration } from './migration';

export type { Migration } from './migration';

/** The way from nothing to the tables of `schema.ts`. */
export const MIGRATIONS: readonly Migration[] = [TABLES_0001];
