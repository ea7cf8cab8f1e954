import type { Clock } from '@millrace/stream';
import type { Asker } from '../access/asker';
import type { Limits } from '../limits';
import type { Question } from '../metrics/question';
import type { MetricsReader } from '../metrics/reader';
import { Refusal } from '../problem/refusal';
import { EventStream } from './event-stream';
import { LiveQuestion, sameQuestionKey } from './live-question';
import type { Notices } from './notices';

/** Silence longer than this is taken for a lost connection by some proxies. */
const HEARTBEAT_MS = 15_000;
/** One question is read at most once in this time, however many partitions write. */
const PAUSE_MS = 500;
const RETRY_MS = 2_000;
const RETRY_AFTER = { 'retry-after': '30' };

/** All answers that are being watched. */
export class LiveAnswers {
  readonly #questions = new Map<string, LiveQuestion>();
  readonly #streamsOf = new Map<string, number>();
  #streams = 0;
  /** Rises with every notice. */
  #written = 0;
  #stop: (() => void) | null = null;

  constructor(
    private readonly reader: MetricsReader,
    private readonly notices: Notices,
    private readonly clock: Clock,
    private readonly limits: Limits,
  ) {}

  /**
   * The answer now, unless it is what the reader has seen last, and again whenever it is another one. Throws a refusal when the
   * question has no answer, or too many are watched.
   *
   * @param instance the address of the request, for problem documents
   */
  async watch(asked: Question, asker: Asker, lastSeen: string | null, instance: string): Promise<EventStream> {
    this.#take(asker);
    try {
      const { answer, written } = await this.#readFirst(asked);
      const stream = new EventStream(RETRY_MS);
      const key = sameQuestionKey(asked);
      const question = this.#questions.get(key) ?? this.#questionOf(asked, instance);
      this.#questions.set(key, question);
      question.join(stream, answer, lastSeen);
      stream.once('close', () => {
        question.leave(stream);
        if (question.watchers === 0 && this.#questions.get(key) === question) this.#questions.delete(key);
        this.#giveBack(asker);
      });
      if (written !== this.#written) question.wake();
      return stream;
    } catch (error) {
      this.#giveBack(asker);
      throw error;
    }
  }

  /** Ends all answers: their readers come again, and find another server. */
  close(): void {
    for (const question of this.#questions.values()) question.end();
    this.#stop?.();
    this.#stop = null;
  }

  /** What is written while the first answer is read may be missing from it. */
  async #readFirst(asked: Question) {
    const written = this.#written;
    const { answer } = await this.reader.read(asked);
    return { answer, written };
  }

  #questionOf(asked: Question, instance: string): LiveQuestion {
    return new LiveQuestion(
      async () => (await this.reader.read(asked)).answer,
      () => this.clock.sleep(PAUSE_MS),
      instance,
    );
  }

  #take({ name }: Asker): void {
    const own = this.#streamsOf.get(name) ?? 0;
    const { streams, streams_per_key } = this.limits;
    if (own >= streams_per_key)
      throw new Refusal('too-many-requests', `At most ${streams_per_key} live answers are open per key. Close one first.`, {
        headers: RETRY_AFTER,
        extensions: { limit_streams: streams_per_key },
      });
    if (this.#streams >= streams)
      throw new Refusal(
        'overloaded',
        `At most ${streams} live answers are open here. Come again after the time in Retry-After.`,
        {
          headers: RETRY_AFTER,
        },
      );
    this.#streamsOf.set(name, own + 1);
    this.#streams++;
    this.#stop ??= this.#start();
  }

  #giveBack({ name }: Asker): void {
    const own = (this.#streamsOf.get(name) ?? 1) - 1;
    if (own > 0) this.#streamsOf.set(name, own);
    else this.#streamsOf.delete(name);
    if (--this.#streams > 0) return;
    this.#stop?.();
    this.#stop = null;
  }

  #start(): () => void {
    const stopped = new AbortController();
    const leave = this.notices.subscribe(() => {
      this.#written++;
      for (const question of this.#questions.values()) question.wake();
    });
    void this.#beat(stopped.signal);
    return () => {
      leave();
      stopped.abort();
    };
  }

  /** With each beat the answers are looked at as well, should a notice have been lost. */
  async #beat(stopped: AbortSignal): Promise<void> {
    for (;;) {
      await this.clock.sleep(HEARTBEAT_MS, stopped);
      if (stopped.aborted) return;
      for (const question of this.#questions.values()) {
        question.beat();
        question.wake();
      }
    }
  }
}
