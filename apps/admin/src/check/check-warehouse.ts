import type { ConversionsAnswer } from '@millrace/layer-app';
import { reasonOf } from '@millrace/service';
import type { Clock } from '@millrace/stream';
import { randomUUID } from 'node:crypto';

/** Whose click and order they are: in reports its numbers can be told from everybody else's. */
export const CHECK_MERCHANT = 'millrace-check';
/** What APP writes for those who name no source. */
const SOURCE = 'http';
const POLL_MS = 500;

export interface CheckOptions {
  /** Where the API is. */
  readonly url: string;
  /** A key that may read, and write for all merchants; null where the API wants none. */
  readonly key: string | null;
  /** How long the credit may take, each way. */
  readonly timeout_ms: number;
}

/** Something did not come about; says what was seen instead. */
export class CheckFailedError extends Error {
  override readonly name = 'CheckFailedError';
}

type Credit = ConversionsAnswer['conversions'][number]['events'][number]['credit'];

/**
 * The whole chain once, as a customer sees it: sends a click and an order, reads that the click has the credit, takes the click back
 * and cancels the order, and reads that the credit is gone. Of the order, `orders` of CHECK_MERCHANT keeps one (R10).
 */
export const checkWarehouse = async (
  options: CheckOptions,
  clock: Pick<Clock, 'now_ms' | 'sleep'>,
  say: (line: string) => void,
): Promise<void> => {
  const api = new Api(options, clock);
  const id = randomUUID();
  const [click, order] = [`${id}-click`, `${id}-order`];
  const line = { order_id: order, item_id: 'millrace-check', merchant_id: CHECK_MERCHANT };
  // At one moment: a click at midnight and an order after it would be of two days, and the credit indirect (R3).
  const about = { user_id: `millrace-check-${id}`, event_time: clock.now_ms() };
  const start_ms = clock.now_ms();
  await api.send([
    {
      type: 'click',
      event_id: click,
      ...about,
      ...line,
      order_id: undefined,
      campaign_id: 'check',
      ad_id: 'check',
      cost_minor: 0,
    },
    { type: 'order', event_id: order, ...about, ...line, amount_minor: 1 },
  ]);
  say(`sent      click ${click} and order ${order} of merchant ${CHECK_MERCHANT}`);
  await api.until(
    order,
    `credited, direct, to click ${click}`,
    (credit) => credit.click?.event_id === click && credit.attribution === 'direct',
  );
  say(`credited  to the click, direct, within ${seconds(clock.now_ms() - start_ms)}`);

  const again_ms = clock.now_ms();
  await api.send([
    {
      type: 'invalidate',
      event_id: `${id}-invalidate`,
      ...about,
      target_type: 'click',
      target_source: SOURCE,
      target_id: click,
      reason: 'check',
    },
    { type: 'cancel', event_id: `${id}-cancel`, ...about, ...line },
  ]);
  await api.until(order, 'organic again', (credit) => credit.click === null);
  say(`took back the click, and the credit with it within ${seconds(clock.now_ms() - again_ms)}; the order is cancelled`);
};

class Api {
  readonly #headers: Readonly<Record<string, string>>;

  constructor(
    private readonly options: CheckOptions,
    private readonly clock: Pick<Clock, 'now_ms' | 'sleep'>,
  ) {
    this.#headers = {
      'content-type': 'application/json',
      ...(options.key !== null && { authorization: `Bearer ${options.key}` }),
    };
  }

  /** Sending again is safe, so that what cannot be answered now is asked again. */
  async send(events: readonly object[]): Promise<void> {
    const { status, body } = await this.#ask('/v1/events', JSON.stringify(events));
    const accepted = (body as { accepted?: number }).accepted;
    if (status !== 202 || accepted !== events.length)
      throw new CheckFailedError(`POST /v1/events answered ${status}: ${JSON.stringify(body)}`);
  }

  /** Until the order's credit is as it should be. */
  async until(order: string, expected: string, holds: (credit: NonNullable<Credit>) => boolean): Promise<void> {
    const deadline_ms = this.clock.now_ms() + this.options.timeout_ms;
    let seen: string;
    do {
      const { status, body } = await this.#ask(`/v1/conversions/${order}`);
      if (status !== 200 && status !== 404)
        throw new CheckFailedError(`GET /v1/conversions answered ${status}: ${JSON.stringify(body)}`);
      const event = status === 404 ? undefined : orderOf(body as ConversionsAnswer);
      if (event?.credit && holds(event.credit)) return;
      seen = event === undefined ? 'it is not there' : `its credit is ${JSON.stringify(event.credit)}`;
      await this.clock.sleep(POLL_MS);
    } while (this.clock.now_ms() < deadline_ms);
    throw new CheckFailedError(`Order ${order} was not ${expected} within ${seconds(this.options.timeout_ms)}: ${seen}`);
  }

  /** Asks again while nobody answers, or an answer is put off, for as long as the credit may take. */
  async #ask(path: string, body?: string): Promise<{ status: number; body: unknown }> {
    const deadline_ms = this.clock.now_ms() + this.options.timeout_ms;
    for (;;) {
      const answer = await this.#once(path, body).catch((error: unknown) => ({ failure: messageOf(error) }));
      const late = this.clock.now_ms() >= deadline_ms;
      if ('failure' in answer && late)
        throw new CheckFailedError(`${this.options.url}${path} does not answer: ${answer.failure}`);
      if (!('failure' in answer) && (answer.status !== 503 || late)) return answer;
      await this.clock.sleep(POLL_MS);
    }
  }

  async #once(path: string, body?: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(new URL(path, this.options.url), {
      headers: this.#headers,
      ...(body !== undefined && { method: 'POST', body }),
      signal: AbortSignal.timeout(this.options.timeout_ms),
    });
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch {
      return { status: response.status, body: text };
    }
  }
}

const orderOf = ({ conversions }: ConversionsAnswer) =>
  conversions.flatMap(({ events }) => events).find(({ type }) => type === 'order');

/** What fetch says of a server that is away lies in the cause. */
const messageOf = (error: unknown): string =>
  reasonOf(typeof error === 'object' && error !== null && 'cause' in error ? error.cause : error);
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
