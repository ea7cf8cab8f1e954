import { SERVED_GRAINS, type Grain } from '@millrace/ads';
import { Accumulators } from './accumulators';
import type { Families } from './families';
import { KeyTrees, shapesOf, type Shapes } from './key-trees';
import type { Keys } from './keys';
import { DAY_INDEX } from './window-starts';

/** Accumulators, and the keys by whose numbers they are found. */
export interface SummedRows {
  readonly keys: Keys;
  readonly accumulators: Accumulators;
}

/** Rows of one open day that day segments have left behind, added up. Forgotten as a whole, with the day. */
export class OpenDay implements SummedRows {
  readonly trees: KeyTrees;
  readonly accumulators: Accumulators;

  constructor(
    readonly start_ms: number,
    shapes: Shapes,
    families: Families,
  ) {
    this.trees = new KeyTrees(shapes);
    this.accumulators = new Accumulators(families);
  }

  get keys(): Keys {
    return this.trees.keys;
  }

  /** Adds a row of this day. `generation` dates the change. */
  carry({ keys, accumulators }: SummedRows, row: number, generation: number): void {
    const series = this.#seriesOf(keys, accumulators.series[row] as number);
    this.accumulators.addRow(this.accumulators.rowOf(series, this.start_ms), accumulators, row, generation);
  }

  /** The row of the same key as that of other rows; -1: nothing of it was carried. */
  rowOf(keys: Keys, series: number): number {
    return this.accumulators.find(keys === this.keys ? series : this.#seriesOf(keys, series), this.start_ms);
  }

  #seriesOf(keys: Keys, series: number): number {
    const { basis, model, grain, path } = keys.keyOfSeries(series);
    return this.keys.seriesOf(this.trees.at(basis, model, grain.name, path), DAY_INDEX);
  }
}

/** Day rows of the grains that are served. */
export const servedShapes = (grains: readonly Grain[]): Shapes =>
  shapesOf(
    grains
      .filter(({ name, windows }) => SERVED_GRAINS.includes(name) && windows.includes('day'))
      .map((grain) => ({ ...grain, windows: ['day' as const] })),
  );
