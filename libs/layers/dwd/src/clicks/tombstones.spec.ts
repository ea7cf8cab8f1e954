import { DEFAULT_RULES, type Invalidate, TOPICS } from '@millrace/ads';
import type { Output } from '@millrace/stream';
import { SnapshotMemory } from '@millrace/testkit';
import { createDwd } from '../dwd';
import type { Actions } from '../actions';

const SILENT: Output = { emit: () => undefined };
const fresh = (): Actions => createDwd({ rules: DEFAULT_RULES }).create({ topic: TOPICS.action, partition: 0 }) as Actions;
const invalidate = (event_time: number, user_id = 'u'): Invalidate =>
  ({
    type: 'invalidate',
    source: 's',
    event_id: String(event_time),
    user_id,
    event_time,
    ingest_time: event_time,
    target_type: 'click',
    target_source: 's',
    target_id: 'c',
  }) as unknown as Invalidate;

it('of several invalidations of one target the earliest stands, after a restart too', () => {
  const before = fresh();
  // Somebody else's, so that the minute of the earlier one is there before that of the later, which stands no more.
  before.process(invalidate(300_000, 'other'), -Infinity, SILENT);
  for (const time of [900_000, 300_000]) before.process(invalidate(time), -Infinity, SILENT);
  const memory = new SnapshotMemory();
  memory.capture(before);
  const after = fresh();
  memory.restore(after);
  for (const each of [before, after]) {
    each.process(invalidate(600_000), -Infinity, SILENT);
    expect(each.counters.duplicates).toBe(1);
  }
});
