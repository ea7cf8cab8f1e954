import { dayName } from '@millrace/ads';
import { quantile } from '../harness/spread';
import { dayAt, RAW, type Warehouse } from '../warehouse/warehouse';
import { eventsOf, PROBE_EVERY } from './events';

const STEP_MS = 20;
const POLL_MS = 25;
const PATIENCE_MS = 120_000;
const encoder = new TextEncoder();

/** Events into the raw topic at an even rate, whatever becomes of them (an open loop); or, with an infinite rate, all at once. */
async function feed(warehouse: Warehouse, run: string, count: number, scheduled_ms: (n: number) => number): Promise<void> {
  const { log, clock } = warehouse;
  const eventAt = eventsOf(run);
  const partitions = log.partitions(RAW);
  const appends: Promise<void>[] = [];
  for (let n = 0; n < count;) {
    const now_ms = clock.now_ms();
    const lanes = Array.from({ length: partitions }, (_, partition) => ({
      to: { topic: RAW, partition },
      records: [] as { value: Uint8Array }[],
    }));
    let due = 0;
    for (; n < count && scheduled_ms(n) <= now_ms && due < 5_000; n++, due++) {
      const lane = lanes[n % PROBE_EVERY === 0 ? 0 : n % partitions];
      lane?.records.push({ value: encoder.encode(eventAt(n, Math.floor(scheduled_ms(n)))) });
    }
    if (due > 0) appends.push(log.append(lanes.filter(({ records }) => records.length > 0)));
    else await clock.sleep(STEP_MS);
    // A loop that never waits would let nobody else work.
    if (due === 5_000) await Promise.all(appends.splice(0));
  }
  await Promise.all(appends);
}

/** How many of a run's probes the API counts. */
async function probes(warehouse: Warehouse, run: string, day: number): Promise<number> {
  const merchant = `probe-${run}`;
  const { rows } = await warehouse.ask({
    from: dayName(day),
    to: dayName(day + 1),
    window: 'day',
    metrics: 'clicks',
    groupBy: 'merchant_id',
    filter: `merchant_id:${merchant}`,
  });
  return rows.reduce((sum, { metrics }) => sum + (metrics['clicks'] ?? 0), 0);
}

/** How many events a second get from the generator into answers when they come as fast as they can: the own maximum of all that is here together. */
export async function maximum(warehouse: Warehouse, events: number, emission_ms: number): Promise<number> {
  const run = `max${Date.now()}`;
  const began_ms = warehouse.clock.now_ms();
  // Of the last minute: all of them are due.
  const feeding = feed(warehouse, run, events, (n) => began_ms - 60_000 + (n * 60_000) / events);
  const day = dayAt(began_ms);
  const total = Math.ceil(events / PROBE_EVERY);
  for (let counted = 0; counted < total; counted = await probes(warehouse, run, day)) {
    if (warehouse.clock.now_ms() > began_ms + PATIENCE_MS)
      throw new Error(`${counted} of ${total} probes after ${PATIENCE_MS / 1_000} s`);
    await warehouse.clock.sleep(POLL_MS);
  }
  await feeding;
  // The last ones have waited half an emission, in the mean.
  return (events / Math.max(1, warehouse.clock.now_ms() - began_ms - emission_ms / 2)) * 1_000;
}

/** At a rate, for so long: how long after its scheduled time every probe is in an answer. */
export async function freshness(warehouse: Warehouse, rate: number, seconds: number) {
  const run = `f${Date.now()}`;
  const count = Math.floor(rate * seconds);
  const began_ms = warehouse.clock.now_ms() + 500;
  const scheduled_ms = (n: number): number => began_ms + (n * 1_000) / rate;
  const day = dayAt(began_ms);
  const before = warehouse.cpu_us();
  let fed_ms = Infinity;
  const feeding = feed(warehouse, run, count, scheduled_ms).then(() => (fed_ms = warehouse.clock.now_ms()));
  const total = Math.ceil(count / PROBE_EVERY);
  const latencies: number[] = [];
  const deadline_ms = began_ms + seconds * 1_000 + PATIENCE_MS;
  while (latencies.length < total && warehouse.clock.now_ms() < deadline_ms) {
    const counted = await probes(warehouse, run, day);
    const now_ms = warehouse.clock.now_ms();
    while (latencies.length < Math.min(counted, total)) latencies.push(now_ms - scheduled_ms(latencies.length * PROBE_EVERY));
    await warehouse.clock.sleep(POLL_MS);
  }
  await feeding;
  const after = warehouse.cpu_us();
  const per = (of: 'services' | 'servers'): Record<string, number> =>
    Object.fromEntries(Object.entries(after[of]).map(([name, us]) => [name, (us - (before[of][name] ?? 0)) / count]));
  const processes = per('services');
  const late_ms = fed_ms - scheduled_ms(count - 1);
  return {
    us_per_event: Object.values(processes).reduce((sum, us) => sum + us, 0),
    events: count,
    wall_s: seconds,
    processes,
    apart: per('servers'),
    correct: latencies.length === total && (await probes(warehouse, run, day)) === total,
    rate: Math.round(rate),
    p50_ms: Math.round(quantile(latencies, 0.5)),
    p99_ms: Math.round(quantile(latencies, 0.99)),
    max_ms: Math.round(Math.max(...latencies)),
    /** How far behind its own schedule the generator was at the end: above 100 ms it was the generator that was measured. */
    generator_late_ms: Math.round(late_ms),
    found: { probes: latencies.length, of: total },
  };
}
