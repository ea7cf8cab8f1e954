import { liveTraffic, rawTopic } from '@millrace/ads';
import type { Rules } from '@millrace/ads';
import type { Clock, Log } from '@millrace/stream';

export const LIVE_TOPIC = rawTopic('live');

const INTERVAL_MS = 500;
/** Lines a day: about three a second. */
const LINES_PER_DAY = 250_000;
/** Live ids begin with the moment of the start, so that runs over one data directory never repeat them. */
const prefixAt = (now_ms: number): string => `live-${now_ms.toString(36)}-`;

const encoder = new TextEncoder();

/** Keeps a trickle of traffic at the current time until it is told to stop. */
export const trickle = async (log: Log, clock: Clock, rules: Rules, seed: number, signal: AbortSignal): Promise<void> => {
  const start_ms = clock.now_ms();
  const traffic = liveTraffic({ start_ms, seed, rules, lines_per_day: LINES_PER_DAY, id_prefix: prefixAt(start_ms) });
  const partitions = log.partitions(LIVE_TOPIC);
  for (let n = 0; !signal.aborted;) {
    const lines = traffic.due(clock.now_ms());
    const lanes = Array.from({ length: partitions }, (_, partition) => ({
      to: { topic: LIVE_TOPIC, partition },
      records: [] as { value: Uint8Array }[],
    }));
    for (const line of lines) lanes[n++ % partitions]?.records.push({ value: encoder.encode(line) });
    if (lines.length > 0) await log.append(lanes.filter((lane) => lane.records.length > 0));
    await clock.sleep(INTERVAL_MS, signal);
  }
};
