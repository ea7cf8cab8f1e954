import { writerOf } from '../frame';
import type { TopicPartition } from '../operator';
import type { Log } from '../ports';

/**
 * The log does not reach to where the work stands (D7): what lies between is lost, or the log is another one. Nothing is
 * skipped in silence: the partition stops, and the message says what an operator may do.
 */
export class ContinuityError extends Error {
  override readonly name = 'ContinuityError';
  constructor(
    readonly layer: string,
    readonly input: TopicPartition,
    /** What stands at the position: a snapshot, a group's committed offset, the work itself, or the first record that state is made of. */
    readonly what: 'snapshot' | 'committed offset' | 'position' | 'state',
    readonly position: number,
    readonly start: number,
    readonly end: number,
  ) {
    super(
      (what === 'state'
        ? `there is no snapshot of ${layer} for ${writerOf(input)}, and its log, which holds [${start}, ${end}), does not go back as far as the state. `
        : `the ${what} of ${layer} stands at offset ${position} of ${writerOf(input)}, which holds [${start}, ${end}). `) +
        (position < start
          ? `Records ${position} to ${start - 1} are gone. Bring them back; or, knowing that they will be missing for ever, ` +
            `proceed with ${layer}:${writerOf(input)}@${start}.`
          : `The log has lost its end, or was made anew. Bring it back; or, if it was made anew, raise the topic's epoch, so that no ` +
            `offset of the old one is used.`),
    );
  }
}

/**
 * An operator's knowing decision to do without records that a log has lost: `layer` goes on from `offset`. It is kept in
 * the log as the position of a group of its own, and used only where the work stands before a gap that it ends: so it
 * counts once, and until the state that has passed it is durable it counts again after a crash.
 * @throws RangeError when the log does not hold the offset, or no such partition
 */
export async function proceed(
  log: Pick<Log, 'bounds' | 'commit'>,
  { layer, input, offset }: { readonly layer: string; readonly input: TopicPartition; readonly offset: number },
): Promise<void> {
  const { start, end } = await log.bounds(input);
  if (!Number.isSafeInteger(offset) || offset < start || offset > end)
    throw new RangeError(`${writerOf(input)} holds [${start}, ${end}): ${layer} cannot go on from offset ${offset}`);
  await log.commit(decisionsOf(layer), input, offset);
}

/** Where an operator wants the work to go on that `broken` has stopped; null: nobody has decided. */
export async function decision(
  log: Pick<Log, 'bounds' | 'committed'>,
  { layer, input, position }: ContinuityError,
): Promise<number | null> {
  const { start, end } = await log.bounds(input);
  const offset = await log.committed(decisionsOf(layer), input);
  // Only forwards: what would be written from an earlier offset on is behind the marks of its readers, and lost on them.
  return offset > position && offset >= start && offset <= end ? offset : null;
}

const decisionsOf = (layer: string): string => `proceed.${layer}`;
