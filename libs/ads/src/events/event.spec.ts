import type { AdEvent, Click, Exposure, Invalidate, Message, Order } from './event';

/** Derived types are checked by the compiler: this file does not type-check when a derivation breaks. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

const derived: readonly true[] = [
  true satisfies Same<
    AdEvent['type'],
    'exposure' | 'click' | 'message' | 'order' | 'payment' | 'refund' | 'cancel' | 'invalidate'
  >,
  true satisfies Same<AdEvent['event_id' | 'source' | 'user_id'], string>,
  true satisfies Same<AdEvent['event_time' | 'ingest_time' | 'event_version'], number>,
  true satisfies Same<AdEvent['currency' | 'city' | 'schema_version'], string | null>,
  true satisfies Same<AdEvent['sequence'], number | null>,
  true satisfies Same<Exposure['cost_minor'], number | null>,
  true satisfies Same<Click['cost_minor'], number>,
  true satisfies Same<Click['item_id'], string | null>,
  true satisfies Same<Order['item_id'], string>,
  true satisfies Same<Order['quantity'], number | null>,
  true satisfies Same<Message['channel'], 'public' | 'private'>,
  true satisfies Same<Invalidate['target_type'], 'click' | 'exposure'>,
  true satisfies Same<Invalidate['target_time'], number | null>,
  true satisfies Same<Click['extra'], Readonly<Record<string, unknown>> | null>,
];

test('the types of the events follow from their schemas', () => {
  expect(derived.every(Boolean)).toBe(true);
});
