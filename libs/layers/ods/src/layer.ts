import { MAX_RECORD_BYTES, rawTopic, type Rules, TOPICS } from '@millrace/ads';
import type { RawLayer, TopicPartition } from '@millrace/stream';
import type { SourceDeclaration } from './declaration/declaration';
import { Normalizer } from './normalizer';
import { compileSource, type RecordReader } from './source';

export interface OdsOptions {
  readonly sources: readonly SourceDeclaration[];
  readonly rules: Rules;
  /** Longer records are rejected unread. */
  readonly maxRecordBytes?: number;
}

export interface OdsLayer extends RawLayer {
  /** The operator of one raw partition, with its counts. */
  create(input: TopicPartition): Normalizer;
}

/** The topics that a source's records are read from. */
export const topicsOf = ({ name, topics }: SourceDeclaration): readonly string[] => topics ?? [rawTopic(name)];

/** ODS as a value: normalized raw facts. Throws a RangeError when two sources claim one topic. */
export function createOds({ sources, rules, maxRecordBytes = MAX_RECORD_BYTES }: OdsOptions): OdsLayer {
  const byTopic = new Map<string, SourceDeclaration>();
  for (const source of sources) {
    for (const topic of topicsOf(source)) {
      const other = byTopic.get(topic);
      if (other !== undefined) throw new RangeError(`sources ${other.name} and ${source.name} both read ${topic}`);
      byTopic.set(topic, source);
    }
  }
  // One reader for all partitions of a source: it keeps nothing of a record, and what it has learnt of layouts serves them all.
  const readers = new Map<SourceDeclaration, RecordReader>();
  const readerOf = (source: SourceDeclaration): RecordReader => {
    const reader = readers.get(source) ?? compileSource(source, rules);
    readers.set(source, reader);
    return reader;
  };
  return {
    name: 'ods',
    inputs: [...byTopic.keys()],
    outputs: { action: TOPICS.action, exposure: TOPICS.exposure, rejected: TOPICS.rejected },
    ticked: ['action', 'exposure'],
    create({ topic }) {
      const source = byTopic.get(topic);
      if (source === undefined) throw new RangeError(`no source reads ${topic}`);
      return new Normalizer({
        source: source.name,
        read: readerOf(source),
        maxRecordBytes,
        cloudEvents: cloudEventsOf(source),
      });
    },
  };
}

/** Rows of a file are none, whatever headers they have. */
const cloudEventsOf = ({ format }: SourceDeclaration): 'none' | 'by headers' | 'all' => {
  if (format.type !== 'json') return 'none';
  return format.envelope === 'cloudevents' ? 'all' : 'by headers';
};
