import type { DateBasis, Fact, KeyField } from '@millrace/ads';
import type { GrainShape } from './grain-shape';
import type { Keys } from './keys';

/** Where the ids of a key stand. */
export type Ids = Pick<Fact, KeyField>;

/** What `KeyTree.find` found; the first `count` are valid. */
export interface FoundKeys {
  readonly keys: Int32Array;
  count: number;
}

/**
 * Key paths, interned: one step down per field. Nearly always the last id of a path was seen before under the same ids, so
 * one look-up finds all keys on the way to it. Forgotten as a whole, with the day segment whose keys it holds.
 */
export class KeyTree {
  readonly #root: Branch;
  readonly #ways: readonly Way[];

  constructor(
    shape: GrainShape,
    readonly basis: DateBasis,
    readonly model: string,
    keys: Keys,
  ) {
    this.#root = new Branch(shape, [], (grain, path) => keys.make({ basis, model, grain, path }));
    this.#ways = waysOf(shape);
  }

  /** Every grain whose path the ids have in full. */
  find(ids: Ids, found: FoundKeys): void {
    found.count = 0;
    for (let i = 0; i < this.#ways.length; i++) this.#follow(this.#ways[i] as Way, ids, found);
  }

  /** The number of a grain's key; made if no fact has reached it yet. */
  at(grain: string, path: readonly string[]): number {
    const key = this.#branchOf(this.#root, grain, path)?.key ?? -1;
    if (key < 0) throw new RangeError(`there is no grain ${grain}`);
    return key;
  }

  #follow(way: Way, ids: Ids, found: FoundKeys): void {
    const { before, last } = way;
    const end = last === null ? null : idOf(ids, last);
    const known = end === null ? undefined : way.known.get(end);
    if (known === undefined || !isPath(before, known.path, ids)) {
      this.#explore(way, ids, found, end);
      return;
    }
    const { keys } = known;
    for (let i = 0; i < keys.length; i++) found.keys[found.count++] = keys[i] as number;
  }

  /** Step by step, as far as there are ids. */
  #explore({ fields, steps, from, known }: Way, ids: Ids, found: FoundKeys, end: string | null): void {
    const first = found.count;
    let branch = this.#root;
    for (let depth = 0; ; depth++) {
      if (depth >= from && branch.key >= 0) found.keys[found.count++] = branch.key;
      const field = fields[depth];
      const value = field === undefined ? null : idOf(ids, field);
      if (value === null) break;
      branch = branch.child(steps[depth] ?? 0, value);
    }
    if (end !== null && branch.path.length === fields.length)
      known.set(end, { path: branch.path, keys: found.keys.slice(first, found.count) });
  }

  /** One way leads to each grain. */
  #branchOf(branch: Branch, grain: string, path: readonly string[]): Branch | null {
    const value = path[branch.path.length];
    if (value === undefined) return branch.shape.grain?.name === grain ? branch : null;
    const step = branch.shape.steps.findIndex(({ shape }) => leadsTo(shape, grain));
    return step < 0 ? null : this.#branchOf(branch.child(step, value), grain, path);
  }
}

/** A way from the root to where no step is left. */
interface Way {
  readonly fields: readonly KeyField[];
  readonly steps: readonly number[];
  /** All fields but the last. */
  readonly before: readonly KeyField[];
  readonly last: KeyField | null;
  /** Keys above this depth are found on an earlier way. */
  readonly from: number;
  /** By the last id, where it was met last. */
  readonly known: Map<string, { readonly path: readonly string[]; readonly keys: Int32Array }>;
}

const waysOf = (shape: GrainShape, fields: readonly KeyField[] = [], steps: readonly number[] = [], from = 0): Way[] =>
  shape.steps.length === 0
    ? [{ fields, steps, before: fields.slice(0, -1), last: fields.at(-1) ?? null, from, known: new Map() }]
    : shape.steps.flatMap((step, i) =>
        waysOf(step.shape, [...fields, step.field], [...steps, i], i === 0 ? from : fields.length + 1),
      );

const isPath = (before: readonly KeyField[], path: readonly string[], ids: Ids): boolean => {
  for (let i = 0; i < before.length; i++) if (idOf(ids, before[i] as KeyField) !== path[i]) return false;
  return true;
};

/** An access by a name that varies would be looked up each time. */
const idOf = (ids: Ids, field: KeyField): string | null => {
  switch (field) {
    case 'merchant_id':
      return ids.merchant_id;
    case 'campaign_id':
      return ids.campaign_id;
    case 'ad_id':
      return ids.ad_id;
    case 'item_id':
      return ids.item_id;
  }
};

const leadsTo = (shape: GrainShape, grain: string): boolean =>
  shape.grain?.name === grain || shape.steps.some((step) => leadsTo(step.shape, grain));

type MakeKey = (grain: NonNullable<GrainShape['grain']>, path: readonly string[]) => number;

class Branch {
  /** -1: no grain's path ends here. */
  readonly key: number;
  readonly #children: readonly Map<string, Branch>[];

  constructor(
    readonly shape: GrainShape,
    readonly path: readonly string[],
    readonly make: MakeKey,
  ) {
    this.key = shape.grain === null ? -1 : make(shape.grain, path);
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
