/**
 * Calls that are made while one is under way share the next: each gets an answer that was asked for after its call, and
 * at most one is under way.
 */
export class Coalesced<T> {
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | null = null;

  constructor(private readonly work: () => Promise<T>) {}

  call(): Promise<T> {
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      const answer = this.work();
      this.#running = answer.catch(() => undefined);
      return answer;
    });
    return this.#next;
  }
}
