import { adjoinBench } from './adjoin/bench';
import { chainBench } from './chain/bench';
import type { Bench } from './harness/bench';

/** In the order in which all of them run. */
export const BENCHES: readonly Bench[] = [adjoinBench, chainBench];
