import { invalidationOf, made } from '../../scenario';
import type { Example } from '../example';
import { at } from './time';

const earlier = made('click', at('03-01 09:00:00'), { event_id: 'k1', ad_id: 'a1' });
const later = made('click', at('03-02 09:00:00'), { event_id: 'k2', ad_id: 'a2' });

export const CONVERSION_EXAMPLES: readonly Example[] = [
  {
    title: 'Direct, indirect, organic',
    says: 'A click on item `i1` at 10:00. The order of `i1` on the same day is *direct*, that of another item of the merchant *indirect*: its click came within the window. Who has not clicked orders *organically*: no ad and no campaign gets that order.',
    events: [
      made('click', at('03-03 10:00:00')),
      made('order', at('03-03 11:00:00'), { event_id: 'b1', order_id: 'o1' }),
      made('order', at('03-03 11:00:00'), { event_id: 'b2', order_id: 'o1', item_id: 'i2' }),
      made('order', at('03-03 12:00:00'), { event_id: 'b3', order_id: 'o2', user_id: 'u2' }),
    ],
    rows: [
      {
        row: 'merchant|m1|day|2025-03-03',
        numbers: {
          clicks: 1,
          click_uv: 1,
          cost: 30,
          'orders|direct': 1,
          'orders|indirect': 1,
          'orders|organic': 1,
          'net_orders|direct': 1,
          'net_orders|indirect': 1,
          'net_orders|organic': 1,
        },
        ratios: { cvr: 2 },
      },
      {
        row: 'campaign|m1|c1|day|2025-03-03',
        numbers: {
          clicks: 1,
          click_uv: 1,
          cost: 30,
          'orders|direct': 1,
          'orders|indirect': 1,
          'net_orders|direct': 1,
          'net_orders|indirect': 1,
        },
      },
      { row: 'item|m1|i2|day|2025-03-03', numbers: { 'orders|indirect': 1, 'net_orders|indirect': 1 } },
    ],
  },
  {
    title: 'A click that arrives after its order',
    says: 'The order is published at once, organic. An hour later its click arrives, dated before it: a correction takes the organic order back and puts a direct one. The order of arrival leaves no trace.',
    events: [made('order', at('03-03 11:00:00')), made('click', at('03-03 10:59:00'))],
    rows: [
      {
        row: 'ad|m1|c1|a1|day|2025-03-03',
        numbers: { clicks: 1, click_uv: 1, cost: 30, 'orders|direct': 1, 'net_orders|direct': 1 },
      },
    ],
  },
  {
    title: 'Invalid traffic',
    says: 'The later of two clicks has won the order. When it is found invalid two days later, it is taken back with its cost and its user, and the order goes to the next click.',
    events: [earlier, later, made('order', at('03-03 11:00:00')), invalidationOf(later, at('03-04 09:00:00'))],
    rows: [
      { row: 'ad|m1|c1|a1|day|2025-03-03', numbers: { 'orders|indirect': 1, 'net_orders|indirect': 1 } },
      { row: 'ad|m1|c1|a2|day|2025-03-03', numbers: {} },
      { row: 'ad|m1|c1|a2|day|2025-03-02', numbers: {} },
    ],
  },
  {
    title: 'Consultations',
    says: 'A message is a conversion of its own. `private_messages` are those of the private channel, and are among the `messages`.',
    events: [
      made('click', at('03-03 10:00:00')),
      made('message', at('03-03 10:01:00'), { event_id: 's1', channel: 'public' }),
      made('message', at('03-03 10:02:00'), { event_id: 's2', channel: 'private' }),
      made('message', at('03-03 10:03:00'), { event_id: 's3', channel: 'private', user_id: 'u2' }),
    ],
    rows: [
      {
        row: 'merchant|m1|day|2025-03-03',
        numbers: {
          clicks: 1,
          click_uv: 1,
          cost: 30,
          'messages|direct': 2,
          'messages|organic': 1,
          'private_messages|direct': 1,
          'private_messages|organic': 1,
        },
      },
    ],
  },
  {
    title: 'By the day of the click',
    says: 'The order of 5 March goes to a click of 3 March. By its own day it is booked on the 5th; with `basis=click` in the cohort of the 3rd, whose `maturity` says how far it can still grow.',
    events: [made('click', at('03-03 10:00:00')), made('order', at('03-05 11:00:00'))],
    rows: [
      { row: 'ad|m1|c1|a1|day|2025-03-05', numbers: { 'orders|indirect': 1, 'net_orders|indirect': 1 } },
      { row: 'ad|m1|c1|a1|click_day|2025-03-03', numbers: { 'orders|indirect': 1, 'net_orders|indirect': 1 } },
    ],
  },
  {
    title: 'A model that shares',
    says: 'The same order under `model=linear`, where the rules keep that model: three clicks get a third each, in millionths that sum to exactly one; the newest gets what is left over.',
    events: [
      earlier,
      later,
      made('click', at('03-03 09:00:00'), { event_id: 'k3', ad_id: 'a3', item_id: 'i3' }),
      made('order', at('03-03 11:00:00')),
    ],
    rules: { models: ['linear'] },
    model: 'linear',
    rows: [
      { row: 'ad|m1|c1|a1|day|2025-03-03', numbers: { 'orders|indirect': 0.333333, 'net_orders|indirect': 0.333333 } },
      { row: 'ad|m1|c1|a2|day|2025-03-03', numbers: { 'orders|indirect': 0.333333, 'net_orders|indirect': 0.333333 } },
      {
        row: 'ad|m1|c1|a3|day|2025-03-03',
        numbers: { clicks: 1, click_uv: 1, cost: 30, 'orders|indirect': 0.333334, 'net_orders|indirect': 0.333334 },
      },
    ],
  },
];
