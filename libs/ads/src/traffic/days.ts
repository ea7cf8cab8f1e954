/**
 * The local date of instants that come in order. Asks Intl for the ends of days, found by bisection, and not for every
 * event. Kept apart from the layers' day arithmetic, which the totals are to check.
 */
export class Days {
  readonly #format: Intl.DateTimeFormat;
  #day = '';
  #until = -Infinity;

  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  }

  dayOf(t: number): string {
    if (t >= this.#until) {
      this.#day = this.#format.format(t);
      this.#until = this.#endOfDay(t);
    }
    return this.#day;
  }

  #endOfDay(t: number): number {
    let inside = t;
    // No day is longer than 49 h, not even where a country crosses the date line.
    let outside = t + 50 * 3_600_000;
    while (outside - inside > 1) {
      const middle = Math.floor((inside + outside) / 2);
      if (this.#format.format(middle) === this.#day) inside = middle;
      else outside = middle;
    }
    return outside;
  }
}
