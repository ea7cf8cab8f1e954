/** Places in one frame: each is a byte. */
const MAX_PLACES = 256;
/** So many texts are remembered from frame to frame; then it begins anew. */
const MAX_KNOWN = 1024;
const SLOTS = 512;

/** What stands in a dictionary that is kept. */
export type Listed = string | boolean | null;

/**
 * The places of few different values, mostly texts. What it learns it keeps for the next frames, in which mostly the same come: a
 * text is found by its length and four of its characters, a third of what a Map asks for one whose hash nobody knows yet.
 */
export class Dictionary {
  readonly #known: Listed[] = [];
  readonly #numbers = new Map<Listed, number>();
  /** By characters: the number of the text that was there last. */
  readonly #near = new Int16Array(SLOTS).fill(-1);
  /** By number: the place in the frame and one; 0: not in it yet. */
  readonly #places = new Uint16Array(MAX_KNOWN + MAX_PLACES);
  readonly #used = new Uint16Array(MAX_PLACES);
  #count = 0;

  /** The values of the frame, in the order of their places. */
  get values(): Listed[] {
    const values: Listed[] = [];
    for (let i = 0; i < this.#count; i++) values.push(this.#known[this.#used[i] as number] as Listed);
    return values;
  }

  /** Before a frame. */
  begin(): void {
    for (let i = 0; i < this.#count; i++) this.#places[this.#used[i] as number] = 0;
    this.#count = 0;
    if (this.#known.length < MAX_KNOWN) return;
    this.#known.length = 0;
    this.#numbers.clear();
    this.#near.fill(-1);
  }

  /** The place of a text in the frame; -1 when it has too many different ones. */
  place(text: string): number {
    const { length } = text;
    let slot = length;
    if (length > 2)
      slot +=
        text.charCodeAt(0) * 37 + text.charCodeAt(length - 3) * 100 + text.charCodeAt(length - 2) * 10 + text.charCodeAt(length - 1);
    slot &= SLOTS - 1;
    let number = this.#near[slot] as number;
    if (number < 0 || this.#known[number] !== text) {
      number = this.#find(text);
      if (number < 0) return -1;
      this.#near[slot] = number;
    }
    const place = this.#places[number] as number;
    return place > 0 ? place - 1 : this.#take(number);
  }

  /** The same of a value that is no text. */
  placeOfOther(value: boolean | null): number {
    const number = this.#find(value);
    if (number < 0) return -1;
    const place = this.#places[number] as number;
    return place > 0 ? place - 1 : this.#take(number);
  }

  #find(value: Listed): number {
    const found = this.#numbers.get(value);
    if (found !== undefined) return found;
    if (this.#count === MAX_PLACES) return -1;
    this.#numbers.set(value, this.#known.length);
    return this.#known.push(value) - 1;
  }

  #take(number: number): number {
    if (this.#count === MAX_PLACES) return -1;
    this.#used[this.#count] = number;
    this.#places[number] = ++this.#count;
    return this.#count - 1;
  }
}
