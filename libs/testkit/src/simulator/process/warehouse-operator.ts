import { TOPICS } from '@millrace/ads';
import { type ContinuityError, proceed, type RecoveryEvent, type TopicPartition, writerOf } from '@millrace/stream';
import type { Outside } from '../outside';
import { hasState, INPUTS, LAYERS } from '../scenario/scenario';
import type { Life } from '../world/life';
import type { SimulatedProcess } from './process';

/** Copies of a partition's last record that go with what is truncated. */
const MAX_COPIES = 3;

/** Whoever keeps the warehouse: is called when a partition stops (D7), and looks what is missing. */
export class WarehouseOperator {
  /** Partitions that were truncated: whatever stood from this offset on were copies. */
  readonly #truncated = new Map<string, { readonly of: TopicPartition; readonly copies_from: number }>();

  constructor(private readonly outside: Outside) {}

  /**
   * Retention takes a partition away under its readers, up to its end, where some copies of its last record stand: who had read
   * everything before them can do without. Only where all that read it have committed something: one that has not would begin
   * with what there is, as it should.
   */
  truncate(): void {
    const { brokers, world } = this.outside;
    if (this.#truncated.size > 0) return;
    const of = world.random.pick(
      [TOPICS.action, TOPICS.exposure, TOPICS.fact, TOPICS.late].flatMap((topic) => brokers.all(topic)),
    );
    const { end } = brokers.bounds(of);
    const last = brokers.everything(of).at(-1);
    if (last?.value === null || last === undefined || !this.#isReadByAll(of)) return;
    const { value } = last;
    const copies = world.random.between(1, MAX_COPIES + 1);
    brokers.append({ to: of, records: Array.from({ length: copies }, () => ({ value })) }, null);
    brokers.truncate(of, end + copies);
    this.#truncated.set(writerOf(of), { of, copies_from: end });
    world.faults.count('topic truncated');
    world.note(`${writerOf(of)} is truncated to ${end + copies}`);
  }

  #isReadByAll(of: TopicPartition): boolean {
    const { brokers } = this.outside;
    return LAYERS.filter((layer) => INPUTS[layer].includes(of.topic)).every((layer) =>
      brokers.groups(hasState(layer) ? `${layer}.` : layer).some((group) => brokers.committed(group, of) > 0),
    );
  }

  /** What a process tells of its partitions. */
  hear(event: RecoveryEvent, process: SimulatedProcess, life: Life): void {
    const { world, scenario, brokers } = this.outside;
    if (event.kind === 'stopped') {
      world.note(`${life.name}: ${event.error.message}`);
      world.after(scenario.pace.poll_ms * 3, null, `an operator looks at ${process.name}`, () =>
        this.#look(event.error, process, life),
      );
    }
    if (event.kind !== 'resumed') return;
    const { layer, input, from, position } = event;
    const passed = this.#truncated.get(writerOf(input));
    if (position > from && brokers.committed(`proceed.${layer}`, input) !== position)
      this.outside.object(`${life.name} goes on from ${from} at ${position} of ${writerOf(input)}: nobody has said so`);
    if (passed === undefined) return;
    // The backup comes back all the same: a layer that loses its volumes may need it.
    if (position > from) world.faults.count('operator proceeds knowingly');
    this.#restore(passed.of);
  }

  #look({ layer, input, position }: ContinuityError, process: SimulatedProcess, life: Life): void {
    const { brokers, world } = this.outside;
    const truncated = this.#truncated.get(writerOf(input));
    if (truncated === undefined) {
      // The log is whole, so what was read was wrong, and reading it again will do.
      if (process.life === life) process.restart();
    } else if (position < truncated.copies_from) this.#restore(truncated.of);
    else {
      const log = {
        bounds: async (of: TopicPartition) => brokers.bounds(of),
        commit: async (group: string, of: TopicPartition, offset: number) => brokers.commit(group, of, offset),
      };
      world.woke(proceed(log, { layer, input, offset: brokers.bounds(input).start }));
    }
  }

  #restore(of: TopicPartition): void {
    this.outside.world.note(`the backup of ${writerOf(of)} is brought back`);
    this.outside.brokers.restore(of);
    this.#truncated.delete(writerOf(of));
  }
}
