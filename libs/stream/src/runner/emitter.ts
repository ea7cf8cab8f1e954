import type { Emission, Emitting, TopicPartition } from '../operator';
import type { Clock, Meter, OlapStore, ServingStore, Span, Tracing } from '../ports';
import type { Checkpoints } from './checkpoints';
import type { Slot } from './slot';

export interface Sinks {
  readonly olap: OlapStore;
  readonly serving: ServingStore;
}

/** What the stores have from now on. */
export interface Emitted {
  readonly layer: string;
  readonly input: TopicPartition;
  /** The next offset of the input: everything before it is contained. */
  readonly position: number;
  /** Of the operator at that position, ms; -Infinity while unknown. */
  readonly watermark_ms: number;
}

/** What one operator had to say, and at which position. */
interface Collected {
  readonly slot: Slot;
  readonly position: number;
  readonly watermark_ms: number;
  readonly emitting: Emitting;
  readonly emission: Emission | null;
}

/**
 * Writes what the emitting operators collected: all rows in one insert, how far they are in the next. The order is that of D5, and each line says
 * what a crash after it costs.
 */
export class Emitter {
  /** Emissions follow one another: the second must not overtake the first in a store. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly ports: {
      readonly clock: Clock;
      readonly meter: Meter;
      readonly tracing?: Tracing | undefined;
      readonly sinks: Sinks | undefined;
    },
    private readonly slots: readonly Slot[],
    private readonly checkpoints: Checkpoints,
    private readonly onEmitted: (emitted: readonly Emitted[]) => void | Promise<void>,
  ) {}

  /** `last`: nothing follows, so the state is captured with it whenever the last time was. */
  emit(last = false): Promise<void> {
    this.#last = this.#last.then(() => this.#emit(last));
    return this.#last;
  }

  async #emit(last: boolean): Promise<void> {
    const { clock } = this.ports;
    const began_ms = clock.now_ms();
    // 1. Collect from all of them at one moment. A crash here: nothing was written.
    const collected = this.slots.flatMap((slot) => {
      const { emitting, epoch, task } = slot;
      const { position, clock_ms: watermark_ms } = task;
      return emitting === null ? [] : [{ slot, position, watermark_ms, emitting, emission: emitting.collect(position, epoch) }];
    });
    if (collected.length === 0) return;
    const written = this.#traced(collected, () => this.#write(collected, began_ms));
    // 2. At that same moment, the state that contains just this (D5). A crash: it counts only once the emission is acknowledged.
    for (const { slot } of collected) if (this.checkpoints.isDue(slot, last)) this.checkpoints.begin(slot, written);
    await written;
  }

  /** One span from collecting until everything is acknowledged; where the operators stood is in three lists of one order. */
  async #traced(collected: readonly Collected[], write: () => Promise<void>): Promise<void> {
    const said = collected.filter(({ emission }) => emission !== null);
    const span: Span | undefined =
      said.length === 0
        ? undefined
        : this.ports.tracing?.span('emission', {
            layer: [...new Set(said.map(({ slot }) => slot.layer))],
            topic: said.map(({ slot }) => slot.input.topic),
            partition: said.map(({ slot }) => slot.input.partition),
            offset: said.map(({ position }) => position),
            rows: said.reduce((sum, { emission }) => sum + (emission?.blocks ?? []).reduce((all, { rows }) => all + rows, 0), 0),
          });
    try {
      await write();
      span?.end();
    } catch (error) {
      span?.end(error);
      throw error;
    }
  }

  async #write(collected: readonly Collected[], began_ms: number): Promise<void> {
    const { clock, meter, sinks } = this.ports;
    const blocks = collected.flatMap(({ emission }) => emission?.blocks ?? []);
    const serving = collected.flatMap(({ emission }) => emission?.serving ?? []);
    if (sinks === undefined && blocks.length + serving.length > 0)
      throw new Error('operators emit, but the runner was given no stores');
    // 3. Rows first, then what points readers at them: a store may make an insert visible piece by piece. A crash: the rows are
    //    written again (D4), and meanwhile readers see that some of them are newer than anything says.
    for (const insert of [blocks.filter(({ closing }) => closing !== true), blocks.filter(({ closing }) => closing === true)])
      if (insert.length > 0) await sinks?.olap.insert(insert);
    if (sinks !== undefined) await serve(sinks.serving, collected);
    // 4. The operators free what only waited for this. It is memory alone.
    for (const { emitting, emission } of collected) if (emission !== null) emitting.acknowledge(emission);
    // 5. What the same batches sent to other topics must be acknowledged too. A crash: it is sent again, and skipped by its readers (D2).
    await Promise.all(collected.map(({ slot }) => slot.appended));
    // 6. Positions, a hint; of what has snapshots, the checkpoint does it. A crash: the input is read again from the older ones.
    for (const { slot, position } of collected) if (!this.checkpoints.keeps(slot)) await slot.commit(position);
    // 7. Whoever shows what was written reads it again. A crash: nobody is told until the next emission, and nothing is lost by it.
    const emitted = collected.filter(({ emission }) => emission !== null);
    if (emitted.length > 0)
      await this.onEmitted(
        emitted.map(({ slot, position, watermark_ms }) => ({ layer: slot.layer, input: slot.input, position, watermark_ms })),
      );
    if (blocks.length === 0) return;
    for (const { table, rows } of blocks) meter.count('emitted_rows', rows, { table });
    meter.observe('emission_seconds', (clock.now_ms() - began_ms) / 1000);
  }
}

/**
 * Fills first: a store that was emptied takes changes only on top of a fill. Operators that can fill it are heard even
 * when nothing changed, so that a store that was emptied need not wait for traffic.
 */
async function serve(store: ServingStore, collected: readonly Collected[]): Promise<void> {
  const put = async (complete: boolean): Promise<boolean> => {
    const of = collected.filter(({ emission }) => (emission?.complete ?? false) === complete);
    const entries = of.flatMap(({ emission }) => emission?.serving ?? []);
    const asks = !complete && of.some(({ emitting }) => emitting.refill !== undefined);
    return entries.length === 0 && !asks ? true : store.put(entries, complete);
  };
  const filled = await put(true);
  const kept = await put(false);
  if (!filled || !kept) for (const { emitting } of collected) emitting.refill?.();
}
