import type { Delivery } from './courier';
import type { TrafficOptions } from './options';
import { createTraffic } from './traffic';

/** The same traffic without an end, at the pace of somebody else's clock. */
export interface LiveTraffic {
  /** The lines that have arrived since the last call. */
  due(now_ms: number): string[];
}

export function liveTraffic(options: Partial<TrafficOptions> & { readonly start_ms: number }): LiveTraffic {
  const deliveries = createTraffic({ ...options, days: Infinity })[Symbol.iterator]();
  let next: Delivery | null = take(deliveries);
  return {
    due(now_ms) {
      const lines: string[] = [];
      for (; next !== null && next.deliver_ms <= now_ms; next = take(deliveries)) lines.push(next.line);
      return lines;
    },
  };
}

function take(deliveries: Iterator<Delivery>): Delivery | null {
  const result = deliveries.next();
  return result.done === true ? null : result.value;
}
