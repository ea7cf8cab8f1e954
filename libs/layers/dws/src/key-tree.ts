import type { DateBasis, Fact } from '@millrace/ads';
import type { GrainShape } from './grain-shape';
import { Series, type Key } from './series';

/** A key that facts reach, with its series of rows. */
export interface KeyNode {
  readonly key: Key;
  readonly series: readonly Series[];
}

/**
 * Key paths, interned: one step down per field, so that finding all keys of a fact costs one look-up per field and builds
 * no string. Forgotten as a whole, with the day segment whose keys it holds.
 */
export class KeyTree {
  /** What `find` found; the first `count` are valid. */
  readonly found: KeyNode[] = [];
  count = 0;
  readonly #root: Branch;

  /** `nextId` gives ids that differ between all trees whose series meet in one segment. */
  constructor(shape: GrainShape, basis: DateBasis, model: string, nextId: () => number) {
    this.#root = new Branch(shape, [], (grain, path) => {
      const key = { basis, model, grain, path };
      return { key, series: grain.windows.map((window) => new Series(nextId(), key, window)) };
    });
  }

  /** Every grain whose path the fact has in full. */
  find(fact: Fact): void {
    this.count = 0;
    this.#descend(this.#root, fact);
  }

  /** The node of a grain's key; made if no fact has reached it yet. */
  at(grain: string, path: readonly string[]): KeyNode {
    const node = this.#branchOf(this.#root, grain, path)?.node ?? null;
    if (node === null) throw new RangeError(`there is no grain ${grain}`);
    return node;
  }

  /** One way leads to each grain. */
  #branchOf(branch: Branch, grain: string, path: readonly string[]): Branch | null {
    const value = path[branch.path.length];
    if (value === undefined) return branch.node?.key.grain.name === grain ? branch : null;
    const step = branch.shape.steps.findIndex(({ shape }) => leadsTo(shape, grain));
    return step < 0 ? null : this.#branchOf(branch.child(step, value), grain, path);
  }

  #descend(branch: Branch, fact: Fact): void {
    if (branch.node !== null) this.found[this.count++] = branch.node;
    const { steps } = branch.shape;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (step === undefined) break;
      const value = fact[step.field];
      if (value !== null) this.#descend(branch.child(i, value), fact);
    }
  }
}

const leadsTo = (shape: GrainShape, grain: string): boolean =>
  shape.grain?.name === grain || shape.steps.some((step) => leadsTo(step.shape, grain));

type MakeNode = (grain: Key['grain'], path: readonly string[]) => KeyNode;

class Branch {
  readonly node: KeyNode | null;
  readonly #children: readonly Map<string, Branch>[];

  constructor(
    readonly shape: GrainShape,
    readonly path: readonly string[],
    readonly make: MakeNode,
  ) {
    this.node = shape.grain === null ? null : make(shape.grain, path);
    this.#children = shape.steps.map(() => new Map<string, Branch>());
  }

  child(index: number, value: string): Branch {
    const step = this.shape.steps[index];
    const children = this.#children[index];
    if (step === undefined || children === undefined) throw new RangeError(`no step ${index}`);
    const known = children.get(value);
    if (known !== undefined) return known;
    const child = new Branch(step.shape, [...this.path, value], this.make);
    children.set(value, child);
    return child;
  }
}
