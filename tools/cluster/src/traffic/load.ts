import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Question, Relay } from './relay';

const STEP_MS = 250;
const LINES_A_STEP = 8;
const LINES_IN_HASTE = 200;
const WAITING_MOST = 8;
/** So often a reader asks. */
const STEPS_A_QUESTION = 4;
/** So often a question is put off before that counts as a failure. */
const QUESTIONS_MOST = 60;
const AGAIN_AFTER_MS = 500;
const ACCEPTED_WITHIN_MS = 240_000;

interface Results {
  readonly results: readonly { readonly status: string; readonly reason?: string }[];
}

/**
 * Senders and a reader of the API while something happens: sends lines at an even pace, and when all are sent those again, which
 * changes nothing. What is not accepted is counted as failed, and then sent again, as senders do.
 */
export class Load {
  requests = 0;
  /** Questions that were told to come again (503 with Retry-After: the numbers moved while they were read), and came. */
  putOff = 0;
  /** Of each that was not answered as it should be: when, what. */
  readonly failures: string[] = [];
  /** Reason → lines that the API refused, each counted once. */
  readonly rejected: Record<string, number> = {};
  readonly #begun_ms = Date.now();
  readonly #underWay = new Set<Promise<void>>();
  readonly #done: Promise<void>;
  #pouring = false;
  #given = 0;
  #turn = 0;
  #broken: unknown = null;

  constructor(
    private readonly relay: Relay,
    private readonly lines: readonly string[],
    private readonly question: string,
  ) {
    this.#done = this.#run();
    this.#done.catch(() => undefined); // `end` tells it.
  }

  /** What part of the lines is on its way. */
  get share(): number {
    return Math.min(1, this.#given / this.lines.length);
  }

  /** Sends what is left, and resolves when all is accepted. */
  async end(): Promise<void> {
    this.#pouring = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#pouring || this.#given < this.lines.length) {
      if (this.#broken !== null) throw this.#broken;
      this.#turn++;
      if (this.#underWay.size < WAITING_MOST) {
        this.#start(this.#send());
        if (this.#turn % STEPS_A_QUESTION === 1) this.#start(this.#read());
      }
      await sleep(this.#pouring ? STEP_MS / 10 : STEP_MS);
    }
    await Promise.all(this.#underWay);
    if (this.#broken !== null) throw this.#broken;
  }

  #start(work: Promise<void>): void {
    const watched = work
      .catch((error: unknown) => void (this.#broken ??= error))
      .finally(() => void this.#underWay.delete(watched));
    this.#underWay.add(watched);
  }

  async #send(): Promise<void> {
    const first = this.#given < this.lines.length;
    const from = first ? this.#given : (this.#turn * LINES_A_STEP) % this.lines.length;
    const batch = this.lines.slice(from, from + (this.#pouring ? LINES_IN_HASTE : LINES_A_STEP));
    if (first) this.#given += batch.length;
    const post = { method: 'POST', path: '/v1/events', type: 'application/x-ndjson', body: batch.join('\n') } as const;
    const until_ms = Date.now() + ACCEPTED_WITHIN_MS;
    for (;;) {
      const answer = await this.relay.ask({ ...post, fresh: this.#turn % 3 === 0 });
      this.#judge(post, answer, 202);
      if ('status' in answer && answer.status === 202) {
        if (first) for (const { reason } of (JSON.parse(answer.body) as Results).results) this.#count(reason);
        return;
      }
      if (Date.now() > until_ms)
        throw new Error(`events were not accepted within ${ACCEPTED_WITHIN_MS / 1_000} s: ${said(answer)}`);
      await sleep(AGAIN_AFTER_MS);
    }
  }

  async #read(): Promise<void> {
    const question = { method: 'GET', path: this.question, fresh: this.#turn % 8 === 1 } as const;
    for (let time = 1; ; time++) {
      const answer = await this.relay.ask(question);
      const again = 'status' in answer && answer.status === 503 && answer.retryAfter !== null && time < QUESTIONS_MOST;
      if (!again) return this.#judge(question, answer, 200);
      this.putOff++;
      await sleep(Number(answer.retryAfter) * 1_000);
    }
  }

  #judge({ method }: Question, answer: Answer, expected: number): void {
    this.requests++;
    if ('status' in answer && answer.status === expected) return;
    this.failures.push(`after ${((Date.now() - this.#begun_ms) / 1_000).toFixed(1)} s: ${method} ${said(answer)}`);
  }

  #count(reason: string | undefined): void {
    if (reason !== undefined) this.rejected[reason] = (this.rejected[reason] ?? 0) + 1;
  }
}

const said = (answer: Answer): string => ('error' in answer ? answer.error : `${answer.status} ${answer.body.slice(0, 200)}`);
