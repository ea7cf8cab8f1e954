import { adjoinBench } from './adjoin/bench';
import { chainBench } from './chain/bench';
import { freshnessBench } from './freshness/bench';
import type { Bench } from './harness/bench';
import { odsBench } from './ods/bench';
import { recoveryBench } from './recovery/bench';
import { restBench } from './rest/bench';
import { sinksBench } from './sinks/bench';
import { stateBench } from './state/bench';
import { twoProcessesBench } from './two-processes/bench';
import { uvBench } from './uv/bench';
import { ysbBench } from './ysb/bench';

/** In the order in which all of them run. */
export const BENCHES: readonly Bench[] = [
  adjoinBench,
  chainBench,
  odsBench,
  stateBench,
  uvBench,
  sinksBench,
  ysbBench,
  recoveryBench,
  twoProcessesBench,
  freshnessBench,
  restBench,
];
