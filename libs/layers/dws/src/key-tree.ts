import type { DateBasis, Fact, KeyField } from '@millrace/ads';
import type { GrainShape } from './grain-shape';
import type { Keys } from './keys';
import { KnownIds } from './known-ids';
import { WINDOWS } from './window-starts';

/** Where the ids of a key stand. */
export type Ids = Pick<Fact, KeyField>;

/**
 * Key paths, interned: one step down per field. The keys of ids that were met together before are known at once. Forgotten as a
 * whole, with the day segment whose keys it holds.
 */
export class KeyTree {
  /** The series of ids that were met. */
  readonly known: KnownIds;
  readonly #root: Branch;
  /** By grain the steps that lead to it. */
  readonly #routes: ReadonlyMap<string, readonly number[]>;
  /** Series by window; used again. */
  readonly #found: readonly number[][] = Array.from({ length: WINDOWS }, () => []);

  constructor(
    shape: GrainShape,
    readonly basis: DateBasis,
    readonly model: string,
    readonly keys: Keys,
  ) {
    this.#root = new Branch(shape, [], (grain, path) => keys.make({ basis, model, grain, path }));
    this.#routes = new Map(routesIn(shape));
    this.known = new KnownIds(this.#routes.size * keys.perKey, this.#routes.size);
  }

  /** The record of these ids among the known: the series of every grain whose path they have in full. */
  find(ids: Ids): number {
    const record = this.known.find(ids);
    if (record >= 0) return record;
    for (const series of this.#found) series.length = 0;
    this.#descend(this.#root, ids);
    return this.known.keep(ids, this.#found, this.keys.uvBits);
  }

  /** The number of a grain's key; made if no fact has reached it yet. */
  at(grain: string, path: readonly string[]): number {
    const route = this.#routes.get(grain);
    if (route === undefined) throw new RangeError(`there is no grain ${grain}`);
    let branch = this.#root;
    for (let depth = 0; depth < route.length; depth++) branch = branch.child(route[depth] as number, path[depth] as string);
    return branch.key;
  }

  #descend(branch: Branch, ids: Ids): void {
    if (branch.key >= 0) this.#add(branch.key);
    const { steps } = branch.shape;
    for (let step = 0; step < steps.length; step++) {
      const { field } = steps[step] as (typeof steps)[number];
      const value = ids[field];
      if (value !== null) this.#descend(branch.child(step, value), ids);
    }
  }

  #add(key: number): void {
    const { perKey, windows } = this.keys;
    for (let series = key * perKey, end = series + perKey; series < end; series++) this.#found[windows[series] as number]?.push(series);
  }
}

/** One way leads to each grain. */
const routesIn = ({ grain, steps }: GrainShape, route: readonly number[] = []): [grain: string, steps: readonly number[]][] => [
  ...(grain === null ? [] : [[grain.name, route] as [string, readonly number[]]]),
  ...steps.flatMap(({ shape }, step) => routesIn(shape, [...route, step])),
];

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
