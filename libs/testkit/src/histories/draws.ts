import fc from 'fast-check';
import type { OracleEventType } from '../oracle';
import type { HistoryOptions } from './options';

/** What fast-check draws for one event: plain numbers, so that a failing history shrinks to few and simple events. */
export interface Draw {
  readonly type: OracleEventType;
  /** How many events back the one lies that this one is close to: same user and merchant, one step away in time. 0: none. */
  readonly back: number;
  readonly step: number;
  /** Steps the other way: a click after its conversion, an invalidation before its click. */
  readonly contrary: boolean;
  readonly user: number;
  readonly source: number;
  readonly merchant: number;
  readonly ad: number;
  readonly item: number;
  readonly order: number;
  readonly amount: number;
  /** The event names another merchant than its item's. */
  readonly slip: boolean;
  readonly channel: 'public' | 'private';
  /** Paid in the currency of the first rate, where the rules have rates; what lies near another event has that one's currency. */
  readonly foreign: boolean;
  /** An invalidation of nothing. */
  readonly unknown: boolean;
  readonly versions: readonly VersionDraw[];
  /** One for each delivery of the event, the first and its duplicates; of 1000 parts of the longest delay. */
  readonly delays: readonly number[];
}

export interface VersionDraw {
  readonly amount: number;
  readonly ad: number;
  readonly shift: number;
  readonly delays: readonly number[];
}

const TYPES: readonly [OracleEventType, number][] = [
  ['click', 8],
  ['order', 5],
  ['payment', 4],
  ['invalidate', 3],
  ['refund', 3],
  ['exposure', 3],
  ['message', 2],
  ['cancel', 2],
];

export function drawsArbitrary({ size }: HistoryOptions, steps: number): fc.Arbitrary<Draw[]> {
  const seldom = fc.nat({ max: 9 }).map((n) => n === 9);
  const delays = fc.array(fc.oneof(fc.constantFrom(0, 1000), fc.nat({ max: 1000 })), { minLength: 1, maxLength: 3 });
  const amount = fc.integer({ min: 1, max: 999 });
  const version = fc.record({ amount, ad: fc.nat({ max: 2 }), shift: fc.nat({ max: 6 }), delays });
  const draw = fc.record({
    type: fc.oneof(...TYPES.map(([type, weight]) => ({ weight, arbitrary: fc.constant(type) }))),
    back: fc.nat({ max: 5 }),
    step: fc.nat({ max: steps - 1 }),
    contrary: seldom,
    user: fc.nat({ max: 3 }).map((n) => (n === 3 ? 1 : 0)),
    source: fc.nat({ max: 1 }),
    merchant: fc.nat({ max: 3 }).map((n) => (n === 3 ? 1 : 0)),
    ad: fc.nat({ max: 2 }),
    item: fc.nat({ max: 1 }),
    order: fc.nat({ max: 1 }),
    amount,
    slip: seldom,
    channel: fc.constantFrom('public' as const, 'private' as const),
    foreign: fc.nat({ max: 3 }).map((n) => n === 3),
    unknown: seldom,
    versions: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(version, { minLength: 1, maxLength: 2 }) },
    ),
    delays,
  });
  return fc.array(draw, { minLength: 1, maxLength: size, size: 'max' });
}
