import { type Fetched, type Log, type Member, type Membership, type TopicPartition, writerOf } from '@millrace/stream';

/** One who has joined, and what is its own now. */
interface Joined {
  readonly member: Member;
  own: ReadonlySet<string>;
}

/**
 * The members of a log's groups within one process: what a broker's coordinator does for logs that live in the process
 * (memory, files).
 */
export class Members {
  /** By group, in the order of joining. */
  readonly #groups = new Map<string, Joined[]>();
  #refused = 0;

  constructor(private readonly log: Pick<Log, 'partitions' | 'read' | 'commit'>) {}

  /** Commits that came too late: their partition had gone to another member. */
  get refused(): number {
    return this.#refused;
  }

  join(member: Member): Membership {
    const group = this.#groups.get(member.group) ?? [];
    this.#groups.set(member.group, group);
    const joined: Joined = { member, own: new Set() };
    group.push(joined);
    this.#share(group, joined);
    const owns = (of: TopicPartition): boolean => joined.own.has(writerOf(of));
    return {
      read: async (from, offset, max_bytes): Promise<Fetched> => {
        if (!owns(from)) return NOTHING;
        const fetched = await this.log.read(from, offset, max_bytes);
        // It may have gone while the fetch was under way.
        return owns(from) ? fetched : NOTHING;
      },
      commit: async (of, offset) => {
        if (owns(of)) await this.log.commit(member.group, of, offset);
        else this.#refused++;
      },
      leave: async () => {
        const place = group.indexOf(joined);
        if (place < 0) return;
        group.splice(place, 1);
        joined.own = new Set();
        this.#share(group, null);
      },
    };
  }

  /** Shares a group's partitions out anew, and tells those for whom something changed; `newcomer` is told in any case. */
  #share(group: readonly Joined[], newcomer: Joined | null): void {
    const shares = new Map(group.map((joined): [Joined, TopicPartition[]] => [joined, []]));
    let turn = 0;
    for (const partition of this.#partitionsOf(group)) {
      const readers = group.filter(({ member }) => member.topics.includes(partition.topic));
      const pinning = readers.findLast(({ member }) => member.pinned?.(partition));
      const sharing = readers.filter(({ member }) => member.pinned === undefined);
      const owner = pinning ?? sharing[turn++ % sharing.length];
      if (owner !== undefined) shares.get(owner)?.push(partition);
    }
    const changed: (() => void)[] = [];
    for (const [joined, share] of shares) {
      const own = new Set(share.map(writerOf));
      const same = own.size === joined.own.size && [...own].every((name) => joined.own.has(name));
      joined.own = own;
      if (!same || joined === newcomer) changed.push(() => joined.member.onAssigned(share));
    }
    // Nobody hears of a partition while another still takes it for its own: who loses something is told with the rest, at one moment.
    for (const tell of changed) tell();
  }

  #partitionsOf(group: readonly Joined[]): TopicPartition[] {
    const topics = new Set(group.flatMap(({ member }) => member.topics));
    return [...topics].flatMap((topic) =>
      Array.from({ length: this.log.partitions(topic) }, (_, partition): TopicPartition => ({ topic, partition })),
    );
  }
}

const NOTHING: Fetched = { records: [], end: Infinity };
