import { type TopicPartition, writerOf } from '@millrace/stream';
import type { OracleEvent } from '../../oracle';
import type { Outside } from '../outside';
import type { Callers } from './callers';
import { poison } from './poison';
import { MAX_RECORD_BYTES, RAW } from './scenario';

/** The outside world: each event at its time, into any partition of its topic; and what is no event. */
export class Producers {
  /** What ODS must reject: where it stands, and its bytes. */
  readonly rejected = new Map<string, Uint8Array>();

  constructor(private readonly outside: Outside) {}

  /** The events that ODS must accept, in log order. */
  get accepted(): OracleEvent[] {
    return this.outside.scenario.history.map(({ event }) => event);
  }

  begin(callers: Callers): void {
    const { world, scenario } = this.outside;
    const { random, faults } = world;
    for (const { event, deliver_ms } of scenario.history) {
      const byApi = scenario.apis > 0 && random.chance(4_000);
      world.after(deliver_ms - scenario.start_ms, null, `${event.type} ${event.source}/${event.event_id} arrives`, () => {
        if (byApi) return callers.send(event, wireOf(event));
        const { to, value } = this.#recordOf(event);
        if (faults.strikes('poisoned record')) this.#spoil(to, poison(value, random));
        if (faults.strikes('giant record')) this.#spoil(to, Buffer.alloc(MAX_RECORD_BYTES + 1, value));
        this.outside.brokers.append({ to, records: [{ value }] }, null);
      });
    }
  }

  /** Straight into the log. */
  deliver(event: OracleEvent): void {
    const { to, value } = this.#recordOf(event);
    this.outside.brokers.append({ to, records: [{ value }] }, null);
  }

  #recordOf(event: OracleEvent): { readonly to: TopicPartition; readonly value: Uint8Array } {
    const { world, scenario } = this.outside;
    const to = { topic: RAW, partition: world.random.below(scenario.partitions.raw) };
    return { to, value: Buffer.from(JSON.stringify(wireOf(event))) };
  }

  #spoil(to: TopicPartition, value: Uint8Array): void {
    const { brokers } = this.outside;
    const { end } = brokers.bounds(to);
    brokers.append({ to, records: [{ value }] }, null);
    this.rejected.set(`${writerOf(to)}@${end}`, Buffer.from(value));
  }
}

/** As it is sent. */
const wireOf = (event: OracleEvent): object => (event.type === 'invalidate' ? { reason: 'test', ...event } : event);
