import type { Emitted } from '@millrace/stream';
import type { SinkPorts } from './sinks';

/**
 * How old the numbers are when the stores have acknowledged an emission: the present less the event time up to which
 * everything in order can be asked for. That is the watermark of the partition with the allowed disorder, which was taken off
 * the writers' clocks, put back: the slowest raw partition decides, and one that is idle is at the present.
 *
 * @param lateness_ms B
 */
export const measureFreshness = (emitted: readonly Emitted[], lateness_ms: number, { clock, meter }: SinkPorts): void => {
  for (const { layer, input, watermark_ms } of emitted) {
    // Nobody knows before every writer was heard.
    if (!Number.isFinite(watermark_ms)) continue;
    const until_ms = watermark_ms + lateness_ms;
    meter.observe('freshness_seconds', Math.max(0, clock.now_ms() - until_ms) / 1000);
    meter.gauge('queryable_timestamp_seconds', until_ms / 1000, {
      layer,
      topic: input.topic,
      partition: String(input.partition),
    });
  }
};
