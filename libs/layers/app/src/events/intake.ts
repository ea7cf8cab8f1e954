import type { Append, Clock, Log } from '@millrace/stream';
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

export interface IntakeOptions {
  readonly log: Log;
  readonly topic: string;
  readonly clock: Clock;
  /** Bytes of events that may wait. */
  readonly bound_bytes: number;
  /** An append that takes longer is not waited for by those who sent. */
  readonly patience_ms: number;
  /** Told why an append failed, besides those who sent. */
  readonly onFailure?: (cause: unknown) => void;
}

const RETRY_AFTER = { 'retry-after': '1' };

/**
 * The way of accepted events into the log. While one append is under way the requests that come wait, and go together in
 * the next: under load the cost of a flush is shared, and an idle server adds no delay. What waits is bounded, and so is
 * how long: while an append is overdue the log counts as away, and nobody waits for it.
 */
export class Intake {
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private running: Promise<void> | null = null;
  private away = false;

  constructor(private readonly options: IntakeOptions) {}

  /** Resolves once the log has every one of `events`, which keep their order. */
  take(events: readonly OutgoingEvent[]): Promise<void> {
    if (this.away) throw logUnavailable();
    const bytes = events.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
    // An empty queue takes any request that the limit of the body let through: a bound must not make one unsendable.
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > this.options.bound_bytes) {
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
      const ended = new AbortController();
      void this.options.clock.sleep(this.options.patience_ms, ended.signal).then(() => {
        if (!ended.signal.aborted) this.stopWaiting(batch);
      });
      try {
        await this.options.log.append(this.byPartition(batch));
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        this.options.onFailure?.(cause);
        refuse(batch, logUnavailable(cause));
      }
      ended.abort();
      this.away = false;
      this.free(batch);
    }
    this.running = null;
  }

  /** The append goes on, and what it holds counts until it ends; those who came after it are not even tried. */
  private stopWaiting(batch: readonly Waiting[]): void {
    this.away = true;
    const behind = this.waiting.splice(0);
    this.free(behind);
    refuse([...batch, ...behind], logUnavailable());
  }

  private free(batch: readonly Waiting[]): void {
    for (const { bytes } of batch) this.waitingBytes -= bytes;
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
    return [...byPartition].map(([partition, records]) => ({ to: { topic: this.options.topic, partition }, records }));
  }
}

const refuse = (batch: readonly Waiting[], refusal: Refusal): void => {
  for (const { reject } of batch) reject(refusal);
};

const logUnavailable = (cause?: unknown): Refusal => {
  const refusal = new Refusal(
    'log-unavailable',
    'It is not known whether the events were kept. Send the same events again: those with a known event_id count once.',
    {
      headers: RETRY_AFTER,
    },
  );
  refusal.cause = cause;
  return refusal;
};
