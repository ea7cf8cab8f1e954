import { made } from '../../scenario';
import type { Example } from '../example';
import { at } from './time';

export const MONEY_EXAMPLES: readonly Example[] = [
  {
    title: 'Order, payment, refund',
    says: 'Ordered on the 3rd, paid on the 4th, partly refunded on the 6th. Payment and refund have the credit of their order, direct, whatever day it is. `gmv` and `refund_amount` lie on the days on which the money moved; `net_gmv` is their difference on each day; `net_gmv_by_order_day` books all of it on the day of the order, and so restates that day.',
    events: [
      made('click', at('03-03 10:00:00'), { cost_minor: 50 }),
      made('order', at('03-03 23:59:00'), { amount_minor: 1_000 }),
      made('payment', at('03-04 00:01:00'), { amount_minor: 1_000 }),
      made('refund', at('03-06 12:00:00'), { amount_minor: 400 }),
    ],
    rows: [
      {
        row: 'ad|m1|c1|a1|day|2025-03-03',
        numbers: {
          clicks: 1,
          click_uv: 1,
          cost: 50,
          'orders|direct': 1,
          'net_orders|direct': 1,
          'net_gmv_by_order_day|direct': 600,
        },
      },
      { row: 'ad|m1|c1|a1|day|2025-03-04', numbers: { 'payments|direct': 1, 'gmv|direct': 1_000, 'net_gmv|direct': 1_000 } },
      { row: 'ad|m1|c1|a1|day|2025-03-06', numbers: { 'refund_amount|direct': 400, 'net_gmv|direct': -400 } },
    ],
  },
  {
    title: 'Return on investment',
    says: 'Clicked, ordered and paid on one day: 1 000 of attributed gmv for 50 of cost. The organic payment of another user is no return of the ad.',
    events: [
      made('click', at('03-03 10:00:00'), { cost_minor: 50 }),
      made('payment', at('03-03 11:00:00'), { event_id: 'p1' }),
      made('payment', at('03-03 12:00:00'), { event_id: 'p2', user_id: 'u2', order_id: 'o2', amount_minor: 700 }),
    ],
    rows: [
      {
        row: 'merchant|m1|day|2025-03-03',
        numbers: {
          clicks: 1,
          click_uv: 1,
          cost: 50,
          'payments|direct': 1,
          'payments|organic': 1,
          'gmv|direct': 1_000,
          'gmv|organic': 700,
          'net_gmv|direct': 1_000,
          'net_gmv|organic': 700,
          'net_gmv_by_order_day|direct': 1_000,
          'net_gmv_by_order_day|organic': 700,
        },
        ratios: { roi: 20 },
      },
    ],
  },
  {
    title: 'A refund above its payment',
    says: 'The refunds of a line are capped at the sum of its payments. Of the second refund 300 count; the rest is reported as `refund_exceeds_payment`.',
    events: [
      made('order', at('03-03 09:00:00'), { amount_minor: 500 }),
      made('payment', at('03-03 10:00:00'), { amount_minor: 500 }),
      made('refund', at('03-04 10:00:00'), { event_id: 'r1', amount_minor: 200 }),
      made('refund', at('03-05 10:00:00'), { event_id: 'r2', amount_minor: 400 }),
    ],
    rows: [
      {
        row: 'merchant|m1|day|2025-03-03',
        numbers: {
          'orders|organic': 1,
          'net_orders|organic': 1,
          'payments|organic': 1,
          'gmv|organic': 500,
          'net_gmv|organic': 500,
        },
      },
      { row: 'merchant|m1|day|2025-03-04', numbers: { 'refund_amount|organic': 200, 'net_gmv|organic': -200 } },
      { row: 'merchant|m1|day|2025-03-05', numbers: { 'refund_amount|organic': 300, 'net_gmv|organic': -300 } },
    ],
  },
  {
    title: 'A cancelled order',
    says: 'Two lines are ordered; one is cancelled two days later without having been paid. `orders` never shrinks; `net_orders` of the order day does.',
    events: [
      made('order', at('03-03 10:00:00'), { event_id: 'b1' }),
      made('order', at('03-03 10:00:00'), { event_id: 'b2', item_id: 'i2' }),
      made('cancel', at('03-05 10:00:00'), { item_id: 'i2' }),
    ],
    rows: [
      { row: 'merchant|m1|day|2025-03-03', numbers: { 'orders|organic': 2, 'net_orders|organic': 1 } },
      { row: 'merchant|m1|day|2025-03-05', numbers: {} },
    ],
  },
  {
    title: 'Another currency',
    says: 'One million minor units of USD are 7 180 000 of CNY until noon, 7 240 000 from then on. The payment has the rate of its time; its refund, days later, has the rate of its payment, so the line comes to exactly nothing.',
    events: [
      made('order', at('03-03 11:58:00'), { amount_minor: 1_000, currency: 'USD' }),
      made('payment', at('03-03 11:59:00'), { amount_minor: 1_000, currency: 'USD' }),
      made('refund', at('03-06 10:00:00'), { amount_minor: 1_000, currency: 'USD' }),
    ],
    rules: {
      rates: [
        { id: 'morning', currency: 'USD', from_ms: 0, base_micro: 7_180_000 },
        { id: 'afternoon', currency: 'USD', from_ms: at('03-03 12:00:00'), base_micro: 7_240_000 },
      ],
    },
    rows: [
      {
        row: 'all|day|2025-03-03',
        numbers: {
          'orders|organic': 1,
          'net_orders|organic': 1,
          'payments|organic': 1,
          'gmv|organic': 7_180,
          'net_gmv|organic': 7_180,
        },
      },
      { row: 'all|day|2025-03-06', numbers: { 'refund_amount|organic': 7_180, 'net_gmv|organic': -7_180 } },
    ],
  },
];
