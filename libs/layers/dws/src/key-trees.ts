import { LAST_TOUCH, type DateBasis, type Grain } from '@millrace/ads';
import { shapeOf, type GrainShape } from './grain-shape';
import { KeyTree } from './key-tree';
import { Keys } from './keys';

/** The shapes of all trees of an operator. */
export interface Shapes {
  readonly own: GrainShape;
  /** Click-day cohorts: day rows only (R13). */
  readonly cohort: GrainShape;
  readonly grains: readonly Grain[];
}

export const shapesOf = (grains: readonly Grain[]): Shapes => ({
  own: shapeOf(grains),
  cohort: shapeOf(grains.map((grain) => ({ ...grain, windows: grain.windows.filter((window) => window === 'day') }))),
  grains,
});

/** One tree per date basis and model; the default's are always at hand. Their keys have numbers of one kind. */
export class KeyTrees {
  readonly keys: Keys;
  /** Facts under the default model, on their own day. */
  readonly main: KeyTree;
  readonly #own = new Map<string, KeyTree>();
  readonly #cohorts = new Map<string, KeyTree>();

  constructor(readonly shapes: Shapes) {
    this.keys = new Keys(Math.max(1, ...shapes.grains.map(({ windows }) => windows.length)));
    this.main = this.own(LAST_TOUCH);
  }

  own(model: string): KeyTree {
    return this.#own.get(model) ?? this.#keep(this.#own, new KeyTree(this.shapes.own, 'conversion', model, this.keys));
  }

  cohort(model: string): KeyTree {
    return this.#cohorts.get(model) ?? this.#keep(this.#cohorts, new KeyTree(this.shapes.cohort, 'click', model, this.keys));
  }

  /** The number of a key, over all trees. */
  at(basis: DateBasis, model: string, grain: string, path: readonly string[]): number {
    return (basis === 'click' ? this.cohort(model) : this.own(model)).at(grain, path);
  }

  #keep(trees: Map<string, KeyTree>, tree: KeyTree): KeyTree {
    trees.set(tree.model, tree);
    return tree;
  }
}
