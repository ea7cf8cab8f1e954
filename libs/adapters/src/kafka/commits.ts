import { type TopicPartition, writerOf } from '@millrace/stream';
import { Coalesced } from './coalesced';

export interface Position extends TopicPartition {
  readonly offset: string;
}

/** Positions of a group on their way: what is committed while a commit is under way goes with the next, the newest of each partition. */
export class Commits {
  readonly #waiting = new Map<string, Position>();
  readonly #sent: Coalesced<void>;

  constructor(
    private readonly send: (positions: Position[]) => Promise<void>,
    private readonly refused: (error: unknown) => void,
  ) {
    this.#sent = new Coalesced(() => this.#flush());
  }

  /** Resolves when it is committed or refused: a hint (D5), counted and never thrown. */
  commit({ topic, partition }: TopicPartition, offset: number): Promise<void> {
    this.#waiting.set(writerOf({ topic, partition }), { topic, partition, offset: String(offset) });
    return this.#sent.call();
  }

  async #flush(): Promise<void> {
    const positions = [...this.#waiting.values()];
    this.#waiting.clear();
    await this.send(positions).catch(this.refused);
  }
}
