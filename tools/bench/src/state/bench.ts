import type { Bench } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import type { StateAnswer } from './run';

const CLICKS = 500_000;

export const stateBench: Bench = {
  name: 'state',
  method: `What DWD holds of a click, identity, user, names and indexes included. Clicks as the peers' generator draws them (--clicks in 14 days, users a
sixth of that, skewed), as frames, through the task and the layer; the operator is warmed up on 50 000 others first. Bytes per click, when
--clicks of them are held: growth of heap and buffers after a full collection, and the parts of a snapshot. CPU is that of decoding and taking the frames, made
beforehand. --days 28 (and more: 350 days of 4000000 clicks are 100 million) shows that it is flat: tenths says CPU and memory of each tenth
of the run. A run is a process of its own.
Check: a fact for every click, and a restored operator saves the same bytes.`,
  prepare: async ({ clicks, days }) => ({
    candidates: [
      {
        what: '',
        run: () => inOwnProcess<StateAnswer>('state', { clicks: clicks ?? CLICKS, days }, ['--max-old-space-size=8000']),
      },
    ],
  }),
};
