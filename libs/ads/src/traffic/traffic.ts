import { createCatalog } from './catalog';
import type { Delivery } from './courier';
import { Courier } from './courier';
import type { Happening } from './happening';
import { happensBefore } from './happening';
import { Heap } from './heap';
import { Journey } from './journey';
import { Ledger } from './ledger';
import type { TrafficOptions } from './options';
import { TRAFFIC_DEFAULTS } from './options';
import { Random } from './random';
import type { TrafficTotals } from './totals';
import { visitTimes } from './visits';

/** Generated traffic: read its lines once, in delivery order; then ask for the answer. */
export interface Traffic extends Iterable<Delivery> {
  /** The source's own true totals, of everything that has happened so far. */
  totals(): TrafficTotals;
}

/**
 * Seeded, plausible ad traffic: a discrete event simulation. Visits come at given times; what is planned waits in the
 * agenda until it happens; when it does, the ledger counts it, the journey plans what follows, and the courier takes it
 * on its way. Memory holds what is planned and what is on its way, whatever the length.
 */
export function createTraffic(options: Partial<TrafficOptions> = {}): Traffic {
  const settings = { ...TRAFFIC_DEFAULTS, ...options };
  const random = new Random(settings.seed);
  const agenda = new Heap<Happening>(happensBefore);
  const journey = new Journey(settings, random, createCatalog(random, settings.merchants), (happening) => {
    agenda.push(happening);
  });
  const ledger = new Ledger(settings.rules);
  const courier = new Courier(settings, random);

  function* happenUntil(now: number): Generator<Delivery> {
    for (let next = agenda.peek(); next !== undefined && next.event.event_time < now; next = agenda.peek()) {
      agenda.pop();
      ledger.record(next);
      journey.follow(next);
      courier.send(next);
      yield* courier.arrivals(next.event.event_time);
    }
  }
  function* deliveries(): Generator<Delivery> {
    for (const at of visitTimes(settings, random)) {
      yield* happenUntil(at);
      journey.visit(at);
    }
    yield* happenUntil(Infinity);
    yield* courier.arrivals(Infinity);
  }
  const running = deliveries();
  return {
    [Symbol.iterator]: () => running,
    totals: () => {
      const { repeated_clicks, invalidated, ...numbers } = ledger.totals();
      return { ...numbers, counts: { ...courier.counts, repeated_clicks, invalidated } };
    },
  };
}
