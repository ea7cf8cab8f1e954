import { LATE_REASONS, TOPICS } from '@millrace/ads';
import type { Meter } from '@millrace/stream';

/** DWD counts what it lists by the reasons that it has met; all of them are there from the beginning, so that the first of a kind is a rise. */
export const beginCountingLateLane = (meter: Pick<Meter, 'count'>): void => {
  for (const topic of [TOPICS.action, TOPICS.exposure])
    for (const kind of Object.keys(LATE_REASONS)) meter.count('dwd_listed', 0, { topic, kind });
};
