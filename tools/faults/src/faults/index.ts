import type { Fault } from './fault';
import { SERVICE_FAULTS } from './services';

/** All of them, in the order in which they happen: what loses records comes last. */
export const FAULTS: readonly Fault[] = [...SERVICE_FAULTS];
export type { Fault };
