import kafkajs, { type PartitionAssigner } from 'kafkajs';
import type { Member } from '@millrace/stream';

/** Who takes part, as the group's leader sees it. */
export interface Candidate {
  readonly id: string;
  readonly topics: readonly string[];
  /** When it joined, ms; of two that pin the same partition the later has it. */
  readonly started_ms: number;
  /** Topic → partitions; null: it takes what is shared out. */
  readonly pins: Readonly<Record<string, readonly number[]>> | null;
}

export type Share = Record<string, number[]>;

/** Everyone's partitions. Every partition of a topic that somebody reads goes to one of its readers, if any may have it. */
export function share(candidates: readonly Candidate[], partitionsOf: (topic: string) => readonly number[]): Map<string, Share> {
  const ordered = [...candidates].sort((a, b) => a.started_ms - b.started_ms || (a.id < b.id ? -1 : 1));
  const shares = new Map(ordered.map(({ id }): [string, Share] => [id, {}]));
  let turn = 0;
  for (const topic of [...new Set(ordered.flatMap(({ topics }) => topics))].sort()) {
    const readers = ordered.filter(({ topics }) => topics.includes(topic));
    const sharing = readers.filter(({ pins }) => pins === null);
    for (const partition of partitionsOf(topic)) {
      const owner = readers.findLast(({ pins }) => pins?.[topic]?.includes(partition)) ?? sharing[turn++ % sharing.length];
      const own = owner && shares.get(owner.id);
      if (own) (own[topic] ??= []).push(partition);
    }
  }
  return shares;
}

/**
 * Carries `share` out. One that throws would hang the whole group without a log line, so nothing here may: a member that
 * cannot be understood, or a topic that is unknown, gets nothing.
 */
export const assigner =
  (member: Member, started_ms: number, partitions: (topic: string) => number): PartitionAssigner =>
  ({ cluster }) => ({
    name: 'millrace',
    version: 1,
    protocol: ({ topics }) => ({
      name: 'millrace',
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: 1,
        topics,
        userData: Buffer.from(JSON.stringify({ started_ms, pins: pinsOf(member, partitions) })),
      }),
    }),
    assign: async ({ members }) => {
      const candidates = members.flatMap(({ memberId, memberMetadata }) => candidateOf(memberId, memberMetadata));
      const shares = share(candidates, (topic) => {
        try {
          return cluster
            .findTopicPartitionMetadata(topic)
            .map(({ partitionId }) => partitionId)
            .sort((a, b) => a - b);
        } catch {
          return [];
        }
      });
      return members.map(({ memberId }) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: 1,
          assignment: shares.get(memberId) ?? {},
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });

const { AssignerProtocol } = kafkajs;

function pinsOf({ topics, pinned }: Member, partitions: (topic: string) => number): Candidate['pins'] {
  if (pinned === undefined) return null;
  return Object.fromEntries(
    topics.map((topic) => [
      topic,
      Array.from({ length: partitions(topic) }, (_, partition) => partition).filter((partition) => pinned({ topic, partition })),
    ]),
  );
}

function candidateOf(id: string, metadata: Buffer): Candidate[] {
  try {
    const decoded = AssignerProtocol.MemberMetadata.decode(metadata);
    if (decoded === null) return [];
    const told = JSON.parse(decoded.userData.toString()) as Pick<Candidate, 'started_ms' | 'pins'>;
    return [{ id, topics: decoded.topics, started_ms: told.started_ms, pins: told.pins }];
  } catch {
    return [];
  }
}
