import type { DateBasis, Window } from '@millrace/ads';
import type { StateReader, StateWriter } from '@millrace/stream';
import type { Series } from './series';

/** Finds, or makes, the series of a key. */
export type SeriesOf = (basis: DateBasis, model: string, grain: string, path: readonly string[], window: Window) => Series;

/** In place of a series' number: a new one follows. */
const NEW = 0;

/** Series, each named in full the first time only. */
export class SeriesWriter {
  readonly #known = new Map<Series, number>();

  constructor(readonly to: StateWriter) {}

  write(series: Series): void {
    const known = this.#known.get(series);
    if (known !== undefined) {
      this.to.count(known);
      return;
    }
    this.#known.set(series, this.#known.size + 1);
    const { basis, model, grain, path } = series.key;
    this.to.count(NEW).text(basis).text(model).text(grain.name).text(series.window).count(path.length);
    for (const value of path) this.to.text(value);
  }
}

/** `known` are those that were read before. */
export const readSeries = (from: StateReader, known: Series[], seriesOf: SeriesOf): Series => {
  const number = from.count();
  if (number === NEW) {
    const [basis, model, grain, window] = [from.text() as DateBasis, from.text(), from.text(), from.text() as Window];
    const path = Array.from({ length: from.count() }, () => from.text());
    known.push(seriesOf(basis, model, grain, path, window));
  }
  const series = known[number === NEW ? known.length - 1 : number - 1];
  if (series === undefined) throw new RangeError(`no series ${number}`);
  return series;
};
