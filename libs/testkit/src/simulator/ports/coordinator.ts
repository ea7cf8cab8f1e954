import { type Member, type TopicPartition, writerOf } from '@millrace/stream';
import type { Life } from '../world/life';
import type { World } from '../world/world';
import type { Brokers } from './brokers';

/** One who has joined, and what the coordinator says is its own. */
export interface Joined {
  readonly member: Member;
  readonly life: Life;
  own: readonly TopicPartition[];
  /** What the member itself believes: it hears of a change later than it happens. */
  believed: ReadonlySet<string>;
}

/** How long a member that is not heard of keeps its partitions. */
const SESSION_MS = 30_000;

/** Shares the partitions out among the members of each group. A member that pins takes from all that joined before it. */
export class Coordinator {
  readonly #groups = new Map<string, Joined[]>();
  /** Commits that came too late: their partition had gone to another member. */
  refused = 0;

  constructor(
    private readonly world: World,
    private readonly brokers: Brokers,
  ) {}

  join(member: Member, life: Life): Joined {
    const group = this.#groups.get(member.group) ?? [];
    this.#groups.set(member.group, group);
    const joined: Joined = { member, life, own: [], believed: new Set() };
    group.push(joined);
    this.#share(group, joined);
    return joined;
  }

  leave({ member, life }: Pick<Joined, 'member' | 'life'>): void {
    const group = this.#groups.get(member.group) ?? [];
    const place = group.findIndex((joined) => joined.life === life && joined.member === member);
    if (place < 0) return;
    const [left] = group.splice(place, 1);
    if (left !== undefined) left.own = [];
    this.#share(group, null);
  }

  /** A life is not heard of any more: its partitions go to others, and should it wake, it hears so. */
  lost(life: Life): void {
    this.world.after(SESSION_MS, null, `the session of ${life.name} ends`, () => {
      for (const group of this.#groups.values()) {
        for (const joined of group.filter((one) => one.life === life)) {
          if (life.state === 'running') continue;
          this.leave(joined);
          this.#tell(joined);
        }
      }
    });
  }

  owns(joined: Joined, of: TopicPartition): boolean {
    return joined.own.some((own) => writerOf(own) === writerOf(of));
  }

  /** Tells a member what is its own, as things stand when it hears it. */
  hear(joined: Joined): void {
    joined.believed = new Set(joined.own.map(writerOf));
    joined.member.onAssigned(joined.own);
  }

  #tell(joined: Joined): void {
    this.world.after(this.world.latency_ms(), joined.life, `${joined.life.name} hears what is its own`, () => this.hear(joined));
  }

  /** The newcomer is told with the answer to its joining, the others each when they hear of it. */
  #share(group: readonly Joined[], newcomer: Joined | null): void {
    const before = new Map(group.map((joined) => [joined, joined.own]));
    for (const joined of group) joined.own = [];
    let turn = 0;
    for (const topic of new Set(group.flatMap(({ member }) => member.topics))) {
      for (const partition of this.brokers.all(topic)) {
        const readers = group.filter(({ member }) => member.topics.includes(topic));
        const pinning = readers.findLast(({ member }) => member.pinned?.(partition));
        const sharing = readers.filter(({ member }) => member.pinned === undefined);
        const owner = pinning ?? sharing[turn++ % sharing.length];
        if (owner !== undefined) owner.own = [...owner.own, partition];
      }
    }
    const namesOf = (own: readonly TopicPartition[]): string => own.map(writerOf).join(' ');
    for (const [joined, own] of before) if (joined !== newcomer && namesOf(own) !== namesOf(joined.own)) this.#tell(joined);
  }
}
