import { clean } from './clean';
import { evict } from './evict';
import { image } from './image';
import { helmTest, install } from './install';
import { kill } from './kill';
import { rollback } from './rollback';
import { servers } from './servers';
import type { Step } from './step';
import { tables } from './tables';
import { totals, traffic } from './traffic';
import { upgrade } from './upgrade';
import { volume } from './volume';

export type { Step } from './step';

/** In their order. */
export const STEPS: readonly Step[] = [
  image,
  servers,
  install,
  helmTest,
  traffic,
  upgrade,
  rollback,
  kill,
  evict,
  volume,
  tables,
  totals,
  clean,
];
