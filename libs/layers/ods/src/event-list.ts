import type { AdEvent } from '@millrace/ads';

/** The events of one record after the other, in one list that is never given back: emptying an array costs more than filling it. */
export class EventList {
  readonly #events: AdEvent[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(event: AdEvent): void {
    this.#events[this.#length++] = event;
  }

  at(place: number): AdEvent {
    if (place >= this.#length) throw new RangeError(`no event ${place} among ${this.#length}`);
    return this.#events[place] as AdEvent;
  }

  /** Forgets all but the first `length` of them. */
  keep(length: number): void {
    this.#length = length;
  }
}
