import { TOPICS, type Fact } from '@millrace/ads';
import type { Emitting, Layer, Operator, TopicPartition } from '@millrace/stream';
import { ArchivingOperator } from './archiving-operator';

/** A layer whose operators are emitted on the runner's timer. */
export interface ArchiveLayer extends Layer {
  create(input: TopicPartition): Operator<Fact> & Emitting;
}

/** ARCHIVE: DWD's facts as they are, into the dwd_* tables. `epoch` rises when the inside topics are recreated (D4). */
export const createArchive = ({ epoch = 1 }: { readonly epoch?: number } = {}): ArchiveLayer => ({
  name: 'archive',
  inputs: [TOPICS.fact],
  outputs: {},
  lateness_ms: 0,
  create: () => new ArchivingOperator(epoch),
});
