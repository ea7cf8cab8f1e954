/** Plain data. */
export interface WatermarkState {
  readonly clocks: Readonly<Record<string, number>>;
  readonly announced: boolean;
  readonly value_ms: number;
}

/**
 * The watermark of one inside partition: the minimum over all writers of their clock, less the lateness (design, time
 * through the chain). Clocks are merged by maximum, so a repeated or stale one changes nothing; the watermark never goes
 * back, and is -Infinity until the writers have been announced and each of them was heard.
 */
export class Watermark {
  readonly #lateness_ms: number;
  readonly #index = new Map<string, number>();
  readonly #clocks: number[] = [];
  /** Position of the smallest clock: only when this one moves can the minimum move. */
  #slowest = -1;
  /** Rows may arrive before the first announcement; the minimum over the writers seen so far would be too high. */
  #announced = false;
  #value_ms = -Infinity;

  constructor(lateness_ms: number) {
    this.#lateness_ms = lateness_ms;
  }

  get value_ms(): number {
    return this.#value_ms;
  }

  /** Adds to the writers that must be heard; none is ever removed, for silence does not end a writer. Returns whether the watermark rose. */
  announce(writers: readonly string[]): boolean {
    for (const writer of writers) this.writer(writer);
    if (this.#announced) return false;
    this.#announced = true;
    return this.#settle();
  }

  /** The writer's place, for `observe`. */
  writer(name: string): number {
    const known = this.#index.get(name);
    if (known !== undefined) return known;
    const place = this.#clocks.length;
    this.#index.set(name, place);
    this.#clocks.push(-Infinity);
    this.#slowest = place;
    return place;
  }

  /** Hears a writer; returns whether the watermark rose. */
  observe(place: number, clock_ms: number): boolean {
    if (clock_ms <= (this.#clocks[place] ?? Infinity)) return false;
    this.#clocks[place] = clock_ms;
    return place === this.#slowest && this.#settle();
  }

  /** What `restore` takes. */
  state(): WatermarkState {
    return { clocks: this.clocks(), announced: this.#announced, value_ms: this.#value_ms };
  }

  /** Into a fresh watermark. */
  restore({ clocks, announced, value_ms }: WatermarkState): void {
    for (const [writer, clock_ms] of Object.entries(clocks)) this.#clocks[this.writer(writer)] = clock_ms;
    this.#announced = announced;
    this.#settle();
    this.#value_ms = value_ms;
  }

  /** Writer → clock, as plain data. */
  clocks(): Record<string, number> {
    const clocks: Record<string, number> = {};
    for (const [writer, place] of this.#index) clocks[writer] = this.#clocks[place] ?? -Infinity;
    return clocks;
  }

  #settle(): boolean {
    let slowest = -1;
    let clock_ms = Infinity;
    for (let place = 0; place < this.#clocks.length; place++) {
      const other = this.#clocks[place] ?? -Infinity;
      if (other < clock_ms || slowest < 0) {
        slowest = place;
        clock_ms = other;
      }
    }
    this.#slowest = slowest;
    if (!this.#announced || slowest < 0) return false;
    const value_ms = clock_ms - this.#lateness_ms;
    if (value_ms <= this.#value_ms) return false;
    this.#value_ms = value_ms;
    return true;
  }
}
