import type { Fault } from './fault';
import { SERVER_FAULTS } from './servers';
import { SERVICE_FAULTS } from './services';
import { TRUNCATION } from './truncation';

const NOTHING: Fault = {
  name: 'nothing',
  says: 'no fault at all: what the others are compared with',
  strike: (world) => world.sleep(5_000),
};

/** All of them, in the order in which they happen. */
export const FAULTS: readonly Fault[] = [NOTHING, ...SERVICE_FAULTS, ...SERVER_FAULTS, TRUNCATION];
export type { Fault };
