import type { Emitting, Layer, Operator, TopicPartition } from '@millrace/stream';
import { ArchivingOperator } from './archiving-operator';
import { type Shelf, SHELVES } from './shelves';

/** A layer whose operators are emitted on the runner's timer. */
export interface ArchiveLayer extends Layer {
  create(input: TopicPartition): Operator<never> & Emitting;
}

/**
 * ARCHIVE: the rows of the inside topics as they are, into the ods_* and dwd_* tables. A row's identity is its position, so
 * the group's is all the state. `topics`: those that are archived; default: all.
 */
export const createArchive = ({ topics = Object.keys(SHELVES) }: { readonly topics?: readonly string[] } = {}): ArchiveLayer => ({
  name: 'archive',
  inputs: topics,
  outputs: {},
  lateness_ms: 0,
  stateless: true,
  create: ({ topic }) => {
    const shelf = (SHELVES as Readonly<Record<string, Shelf<never>>>)[topic];
    if (shelf === undefined) throw new RangeError(`there is no table for the rows of ${topic}`);
    return new ArchivingOperator(shelf);
  },
});
