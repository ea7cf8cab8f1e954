import { LAST_TOUCH, type DateBasis, type Grain, type Window } from '@millrace/ads';
import { shapeOf, type GrainShape } from './grain-shape';
import { KeyTree } from './key-tree';
import type { Series } from './series';

/** The shapes of all trees of an operator. */
export interface Shapes {
  readonly own: GrainShape;
  /** Click-day cohorts: day rows only (R13). */
  readonly cohort: GrainShape;
}

export const shapesOf = (grains: readonly Grain[]): Shapes => ({
  own: shapeOf(grains),
  cohort: shapeOf(grains.map((grain) => ({ ...grain, windows: grain.windows.filter((window) => window === 'day') }))),
});

/** One tree per date basis and model; the default's are always at hand. */
export class KeyTrees {
  /** Facts under the default model, on their own day. */
  readonly main: KeyTree;
  readonly #own = new Map<string, KeyTree>();
  readonly #cohorts = new Map<string, KeyTree>();
  readonly #nextId: () => number;

  constructor(readonly shapes: Shapes) {
    let ids = 0;
    this.#nextId = () => ids++;
    this.main = new KeyTree(shapes.own, 'conversion', LAST_TOUCH, this.#nextId);
    this.#own.set(LAST_TOUCH, this.main);
  }

  own(model: string): KeyTree {
    return this.#own.get(model) ?? this.#keep(this.#own, model, new KeyTree(this.shapes.own, 'conversion', model, this.#nextId));
  }

  cohort(model: string): KeyTree {
    return (
      this.#cohorts.get(model) ?? this.#keep(this.#cohorts, model, new KeyTree(this.shapes.cohort, 'click', model, this.#nextId))
    );
  }

  /** `SeriesOf`, over all trees. */
  series(basis: DateBasis, model: string, grain: string, path: readonly string[], window: Window): Series {
    const tree = basis === 'click' ? this.cohort(model) : this.own(model);
    const series = tree.at(grain, path).series.find((each) => each.window === window);
    if (series === undefined) throw new RangeError(`grain ${grain} has no rows by ${window}`);
    return series;
  }

  #keep(trees: Map<string, KeyTree>, model: string, tree: KeyTree): KeyTree {
    trees.set(model, tree);
    return tree;
  }
}
