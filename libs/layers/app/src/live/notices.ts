import type { Notice } from '@millrace/ads';
import type { Clock, OlapStore } from '@millrace/stream';
import { readPosition, samePosition, type Position } from '../store';

/** Tells of what DWS has written. */
export interface Notices {
  /** @returns ends the subscription */
  subscribe(listener: (notice: Notice) => void): () => void;
}

/** Whoever hears that something was written, in the same process or out of the topic dws.notice, pins it up here. */
export class NoticeBoard implements Notices {
  readonly #listeners = new Set<(notice: Notice) => void>();

  subscribe(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  publish(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

/** For where nobody sends notices: looks how far the summaries are, as long as somebody listens. */
export class PolledNotices implements Notices {
  readonly #board = new NoticeBoard();
  #stop: AbortController | null = null;

  constructor(
    private readonly olap: OlapStore,
    private readonly clock: Clock,
    private readonly every_ms: number,
  ) {}

  subscribe(listener: (notice: Notice) => void): () => void {
    const leave = this.#board.subscribe(listener);
    if (this.#stop === null) void this.#look((this.#stop = new AbortController()).signal);
    return () => {
      leave();
      if (this.#board.listeners > 0) return;
      this.#stop?.abort();
      this.#stop = null;
    };
  }

  async #look(stopped: AbortSignal): Promise<void> {
    let before: Position | null = null;
    while (!stopped.aborted) {
      const now = await readPosition(this.olap).catch(() => null);
      if (now !== null && before !== null && !samePosition(now, before)) {
        for (const [partition, position] of now.partitions)
          if (before.partitions.get(partition) !== position)
            this.#board.publish({ partition, position, watermark_ms: now.watermark_ms });
      }
      before = now ?? before;
      await this.clock.sleep(this.every_ms, stopped);
    }
  }
}
