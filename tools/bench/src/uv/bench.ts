import type { Bench, Run } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import type { UvJob } from './run';

const EVENTS = 1_000_000;
const SHAPE: Omit<UvJob, 'events'> = { users: 1_000_000, campaigns: 1_000, days: 2 };

export const uvBench: Bench = {
  name: 'uv',
  method: `Exact distinct users: exposures of 1 000 000 users and 1 000 campaigns (4 000 ads) over 2 days, drawn evenly, as frames through the task and DWD:
decoding, the exposure's identity (duplicates are found), a count of the user for each grain and day, and the fact that says at which grains he
is new. --clicks says how many events. CPU is that of decoding and taking the frames, made beforehand; the operator is warmed up on 50 000
others first. A run is a process of its own.
Check: users of each campaign and day, summed over the facts' signs, against a plain set of (day, campaign, user).`,
  prepare: async ({ clicks }) => ({
    candidates: [
      {
        what: '',
        run: () => inOwnProcess<Run>('uv', { ...SHAPE, events: clicks ?? EVENTS }, ['--max-old-space-size=8000']),
      },
    ],
  }),
};
