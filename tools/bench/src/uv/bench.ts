import type { Bench, Run } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import type { UvJob } from './job';

const EVENTS = 1_000_000;
const SHAPE: Omit<UvJob, 'events'> = { users: 1_000_000, campaigns: 1_000, days: 2 };

export const uvBench: Bench = {
  name: 'uv',
  method: `Exact distinct users of 1 000 000 users and 1 000 campaigns over 2 days, drawn evenly; --clicks says how many events. "counts": the structure alone,
numbers of user and campaign in, one count per (user, campaign, day). "names": as DWD counts the user of an exposure: names in, the numbers of user and
ad looked up, a count at each of four grains (all, merchant, campaign, ad). "DWD": exposures (4 000 ads) as frames through the task and DWD: decoding, the
exposure's identity (duplicates are found), the same counts, and the fact that says at which grains the user is new. Users of clicks have no
structure: they are worked out from the clicks that are kept, in adjoin and state. CPU is that of taking what was made beforehand; each is warmed up on
others (200 000; DWD 50 000). bytes_per_user_key_day: the structure's arrays by its (user, key, day). A run is a process of its own; candidates take turns.
Check: piece by piece (DWD: day by day, over the facts' signs) how many users are new to a campaign and day, against a plain set.`,
  prepare: async ({ clicks }) => {
    const candidate = (what: string, work: string) => ({
      what,
      run: () => inOwnProcess<Run>(work, { ...SHAPE, events: clicks ?? EVENTS }, ['--max-old-space-size=8000']),
    });
    return { candidates: [candidate('counts', 'uv-counts'), candidate('names', 'uv-names'), candidate('DWD', 'uv')] };
  },
};
