import { createTraffic, rawTopic, type Rules, TRAFFIC_DEFAULTS, type TrafficOptions } from '@millrace/ads';
import type { SourceDeclaration } from '@millrace/layer-ods';
import { fingerprintOf } from './fingerprint';
import type { ReplayInput } from './replay-input';

const BATCH = 1_000;
const encoder = new TextEncoder();

/** What may be chosen about the generated traffic. */
export type TrafficSettings = Pick<TrafficOptions, 'seed' | 'days' | 'lines_per_day'>;

/** The generated traffic, which knows its own true totals. */
export const trafficInput = (
  { traffic: chosen, rules }: { readonly traffic: TrafficSettings; readonly rules: Rules },
  events: SourceDeclaration,
): ReplayInput => {
  const settings = { ...TRAFFIC_DEFAULTS, ...chosen, rules };
  const traffic = createTraffic(settings);
  const source = { ...events, name: 'traffic' };
  return {
    name: `${settings.days} days of generated traffic, seed ${settings.seed}`,
    source,
    topic: rawTopic(source.name),
    // What changes from a day on decides how the traffic is counted, not what it is.
    fingerprint: fingerprintOf({ ...settings, rules: { ...rules, changes: [] } }),
    async *records() {
      const expected = settings.days * settings.lines_per_day;
      let values: Uint8Array[] = [];
      let read = 0;
      for (const { line } of traffic) {
        read++;
        if (values.push(encoder.encode(line)) < BATCH) continue;
        yield { values, progress: Math.min(read / expected, 1) };
        values = [];
      }
      yield { values, progress: 1 };
    },
    totals: () => traffic.totals(),
  };
};
