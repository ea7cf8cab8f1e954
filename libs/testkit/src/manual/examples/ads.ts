import { invalidationOf, made } from '../../scenario';
import type { Example } from '../example';
import { at } from './time';

const first = made('click', at('03-03 10:05:00'), { event_id: 'k1' });
const robot = made('click', at('03-03 10:07:00'), { event_id: 'k4', user_id: 'u3' });

export const AD_EXAMPLES: readonly Example[] = [
  {
    title: 'Exposures, clicks, users and cost',
    says: 'Two users see an ad, one of them twice. `k2` comes 1.5 s after `k1` from the same user on the same ad: it is repeated and counts nowhere. `k4` turns out to be a robot: the click, its cost and its user are taken back.',
    events: [
      made('exposure', at('03-03 10:00:00'), { event_id: 'x1' }),
      made('exposure', at('03-03 10:04:00'), { event_id: 'x2' }),
      made('exposure', at('03-03 10:04:30'), { event_id: 'x3', user_id: 'u2' }),
      first,
      { ...first, event_id: 'k2', event_time: first.event_time + 1_500 },
      made('click', at('03-03 10:06:00'), { event_id: 'k3', user_id: 'u2' }),
      robot,
      invalidationOf(robot, at('03-03 11:00:00')),
    ],
    rows: [
      {
        row: 'ad|m1|c1|a1|day|2025-03-03',
        numbers: { exposures: 3, exposure_uv: 2, clicks: 2, click_uv: 2, cost: 66 },
        ratios: { ctr: 2 / 3, cpc: 33, cpm: 22_000 },
      },
    ],
  },
  {
    title: 'Users are not summed',
    says: 'One user clicks two ads of a merchant on one day. Each ad has a user; the merchant has one, not two. The next day counts anew.',
    events: [
      made('click', at('03-03 10:00:00'), { event_id: 'k1' }),
      made('click', at('03-03 10:01:00'), { event_id: 'k2', ad_id: 'a2' }),
      made('click', at('03-04 00:00:00'), { event_id: 'k3' }),
    ],
    rows: [
      { row: 'ad|m1|c1|a1|day|2025-03-03', numbers: { clicks: 1, click_uv: 1, cost: 30 } },
      { row: 'ad|m1|c1|a2|day|2025-03-03', numbers: { clicks: 1, click_uv: 1, cost: 30 } },
      { row: 'merchant|m1|day|2025-03-03', numbers: { clicks: 2, click_uv: 1, cost: 60 } },
      { row: 'merchant|m1|day|2025-03-04', numbers: { clicks: 1, click_uv: 1, cost: 30 } },
    ],
  },
];
