import { Readable } from 'node:stream';

/** A server-sent event (HTML, 9.2). `data` is one line. */
export interface ServerEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data: string;
}

export const textOf = ({ id, event, data }: ServerEvent): string =>
  [...(id === undefined ? [] : [`id: ${id}`]), ...(event === undefined ? [] : [`event: ${event}`]), `data: ${data}`, '', ''].join(
    '\n',
  );

/**
 * The body of one answer that never ends. Every event is the whole state, so a reader who is slower than the news gets the newest
 * when it is ready, and nothing piles up here.
 */
export class EventStream extends Readable {
  #ready = true;
  #newest: string | null = null;

  /** @param retry_ms after which a reader who lost the connection should come again */
  constructor(retry_ms: number) {
    super();
    this.#push(`retry: ${retry_ms}\n\n`);
  }

  send(event: ServerEvent): void {
    const text = textOf(event);
    if (this.#ready) this.#push(text);
    else this.#newest = text;
  }

  /** Keeps proxies from thinking that nobody is there, and tells us when that is so. */
  beat(): void {
    if (this.#ready) this.#push(': heartbeat\n\n');
  }

  end(): void {
    this.push(null);
  }

  override _read(): void {
    this.#ready = true;
    const text = this.#newest;
    this.#newest = null;
    if (text !== null) this.#push(text);
  }

  #push(text: string): void {
    this.#ready = this.push(text);
  }
}
