import { createHash } from 'node:crypto';
import type { MetricsAnswer } from '../metrics/answer';
import type { Question } from '../metrics/question';
import { Refusal } from '../problem/refusal';
import type { EventStream, ServerEvent } from './event-stream';

/** The watermark, and after it what tells answers of one watermark apart: a late event moves numbers, but no watermark. */
export const eventIdOf = ({ asOf, store }: MetricsAnswer): string =>
  `${asOf.watermark ?? 'unknown'}/${createHash('sha256')
    .update(JSON.stringify([asOf.partitions, store]))
    .digest('base64url')
    .slice(0, 8)}`;

/** Equal questions are read once for all who ask them. The asker's merchants are in the filter. */
export const sameQuestionKey = ({ request, selection, keys, order, limit, narrowed }: Question): string =>
  JSON.stringify([{ ...request, timezone: request.timezone.name }, selection, keys, order, limit, narrowed]);

/** One question, and all who watch its answer. It is read again when somebody has written, never twice at a time. */
export class LiveQuestion {
  /** Who watches, and the id of what each has seen last. */
  readonly #seen = new Map<EventStream, string | null>();
  #reading = false;
  #stale = false;
  #watermark_ms = -Infinity;

  /**
   * @param read the answer of now
   * @param pause resolves when the answer may be read again
   */
  constructor(
    private readonly read: () => Promise<MetricsAnswer>,
    private readonly pause: () => Promise<void>,
    private readonly instance: string,
  ) {}

  get watchers(): number {
    return this.#seen.size;
  }

  join(stream: EventStream, answer: MetricsAnswer, lastSeen: string | null): void {
    this.#seen.set(stream, lastSeen);
    this.#tell(stream, eventOf(answer));
  }

  leave(stream: EventStream): void {
    this.#seen.delete(stream);
  }

  beat(): void {
    for (const stream of this.#seen.keys()) stream.beat();
  }

  end(): void {
    for (const stream of this.#seen.keys()) stream.end();
  }

  /** Something was written: the answer may be another. */
  wake(): void {
    this.#stale = true;
    if (!this.#reading) void this.#run();
  }

  async #run(): Promise<void> {
    this.#reading = true;
    while (this.#stale && this.#seen.size > 0) {
      this.#stale = false;
      await this.#readOnce();
      await this.pause();
    }
    this.#reading = false;
  }

  async #readOnce(): Promise<void> {
    try {
      const answer = await this.read();
      const watermark_ms = answer.asOf.watermark === null ? -Infinity : Date.parse(answer.asOf.watermark);
      // The other store may be one emission behind: what was told is not taken back.
      if (watermark_ms < this.#watermark_ms) return;
      this.#watermark_ms = watermark_ms;
      const event = eventOf(answer);
      for (const stream of this.#seen.keys()) this.#tell(stream, event);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('internal', 'The log of the server knows more.');
      // What was seen stays seen, so that the reader who comes again misses nothing.
      for (const stream of this.#seen.keys())
        stream.send({ event: 'problem', data: JSON.stringify(refusal.document(this.instance)) });
    }
  }

  #tell(stream: EventStream, event: ServerEvent & { readonly id: string }): void {
    if (this.#seen.get(stream) === event.id) return;
    this.#seen.set(stream, event.id);
    stream.send(event);
  }
}

const eventOf = (answer: MetricsAnswer) => ({ id: eventIdOf(answer), data: JSON.stringify(answer) });
