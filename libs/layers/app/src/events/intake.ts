import type { Append, Log } from '@millrace/stream';
import { Refusal } from '../problem/refusal';

export interface OutgoingEvent {
  readonly partition: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

interface Waiting {
  readonly events: readonly OutgoingEvent[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

const RETRY_AFTER = { 'retry-after': '1' };

/**
 * The way of accepted events into the log. While one append is under way the requests that come wait, and go together in
 * the next: under load the cost of a flush is shared, and an idle server adds no delay. What waits is bounded.
 */
export class Intake {
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private running: Promise<void> | null = null;

  constructor(
    private readonly log: Log,
    private readonly topic: string,
    private readonly boundBytes: number,
  ) {}

  /** Resolves once the log has every one of `events`, which keep their order. */
  take(events: readonly OutgoingEvent[]): Promise<void> {
    const bytes = events.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
    // An empty queue takes any request that the limit of the body let through: a bound must not make one unsendable.
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > this.boundBytes) {
      throw new Refusal(
        'intake-full',
        'The log is slower than the senders at the moment. Send the same events again after the time in Retry-After.',
        {
          headers: RETRY_AFTER,
        },
      );
    }
    const taken = new Promise<void>((resolve, reject) => this.waiting.push({ events, bytes, resolve, reject }));
    this.waitingBytes += bytes;
    this.running ??= this.run();
    return taken;
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.log.append(this.byPartition(batch));
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        const refusal = new Refusal(
          'log-unavailable',
          'It is not known whether the events were kept. Send the same events again: those with a known event_id count once.',
          {
            headers: RETRY_AFTER,
          },
        );
        refusal.cause = cause;
        for (const { reject } of batch) reject(refusal);
      }
      for (const { bytes } of batch) this.waitingBytes -= bytes;
    }
    this.running = null;
  }

  private byPartition(batch: readonly Waiting[]): Append[] {
    const byPartition = new Map<number, OutgoingEvent[]>();
    for (const { events } of batch) {
      for (const event of events) {
        const group = byPartition.get(event.partition);
        if (group) group.push(event);
        else byPartition.set(event.partition, [event]);
      }
    }
    return [...byPartition].map(([partition, records]) => ({ to: { topic: this.topic, partition }, records }));
  }
}
