import type { StatePart, StateParts, StateReader, StateStore, StateWriter } from '@millrace/stream';
import { GRAINS } from '@millrace/ads';
import { Interner } from '../interner';
import type { Placement } from '../placements';
import { Placements } from '../placements';
import type { Stored } from '../stored';
import { DayCounts } from './day-counts';

const SEPARATOR = '\u0000';

/** Whose user is counted where: the fields that the grains' key paths name. */
export interface Counted extends Placement {
  readonly user_id: string;
  readonly item_id: string | null;
}

/** A grain under which every event of a placement counts, and the number of the key. */
interface PlacementKey {
  readonly key: number;
  readonly uv_bit: number;
}

const ITEM = GRAINS.find(({ name }) => name === 'item');

/**
 * R15: exact distinct users per (day, grain key), kept where a user's events are. The answer to a change is a mask of
 * the grains (`Grain.uv_bit`) at which the user appeared or vanished, so that downstream UV is a plain sum.
 */
export class DistinctUsers implements StateStore, Stored {
  private readonly users = new Interner();
  private readonly keys = new Interner();
  private readonly placements = new Placements();
  /** By placement, so that most events build no name. */
  private readonly placementKeys: (readonly PlacementKey[] | undefined)[] = [];
  /** By item, likewise. Cleared with each day that is forgotten, since its keys may be. */
  private readonly itemKeys = new Map<string, { readonly merchant_id: string; readonly key: number }>();
  private readonly days = new Map<number, DayCounts>();

  put(day: number, event: Counted): number {
    return this.change(day, event, 'up');
  }

  take(day: number, event: Counted): number {
    return this.change(day, event, 'down');
  }

  /** Forgets whole days before `day`. */
  forget(day: number): void {
    let dropped = false;
    for (const held of this.days.keys()) {
      if (held >= day) continue;
      this.days.delete(held);
      dropped = true;
    }
    if (!dropped) return;
    this.users.sweep(day - 1);
    this.keys.sweep(day - 1);
    this.itemKeys.clear();
    this.placements.sweep(day - 1, (placement) => (this.placementKeys[placement] = undefined));
  }

  get entries(): number {
    return [...this.days.values()].reduce((sum, counts) => sum + counts.entries, 0);
  }
  get bytes(): number {
    return [...this.days.values()].reduce((sum, counts) => sum + counts.bytes, 0);
  }

  write(to: StateWriter): void {
    for (const names of this.names()) names.write(to);
    to.count(this.days.size);
    for (const [day, counts] of this.days) counts.write(to.value(day));
  }

  parts(prefix: string): StatePart[] {
    const days = [...this.days].flatMap(([day, counts]) => counts.parts(`${prefix}.day.${day}`));
    return [...this.names().flatMap((names, i) => names.parts(`${prefix}.${i}`)), ...days];
  }

  /** What stands beside the names to find them more quickly is filled again as it is used. */
  restore(from: StateReader, prefix: string, parts: StateParts, layout: number): void {
    this.names().forEach((names, i) => names.restore(from, `${prefix}.${i}`, parts, layout));
    for (let left = from.count(); left > 0; left--) {
      const [day, counts] = [from.value() as number, new DayCounts()];
      counts.restore(from, `${prefix}.day.${day}`, parts);
      this.days.set(day, counts);
    }
  }

  restoreLayout1(from: StateReader, prefix: string, parts: StateParts): void {
    this.names().forEach((names, i) => names.restoreLayout1(from, `${prefix}.${i}`, parts));
    for (const day of from.value() as number[]) {
      const counts = new DayCounts();
      counts.restoreLayout1(parts.read(`${prefix}.day.${day}`));
      this.days.set(day, counts);
    }
  }

  private names(): readonly Stored[] {
    return [this.users, this.keys, this.placements];
  }

  private change(day: number, event: Counted, move: 'up' | 'down'): number {
    let counts = this.days.get(day);
    if (counts === undefined) {
      // The day before still takes what comes late: it grows again as it must.
      this.days.get(day - 1)?.trim();
      this.days.set(day, (counts = new DayCounts()));
    }
    const user = this.users.intern(event.user_id, day);
    const placement = this.placements.intern(event, day);
    let mask = 0;
    for (const { key, uv_bit } of (this.placementKeys[placement] ??= this.keysOf(event))) {
      this.keys.touch(key, day);
      if (counts[move](user, key)) mask |= uv_bit;
    }
    if (ITEM !== undefined && event.item_id !== null) {
      if (counts[move](user, this.itemKey(event.merchant_id, event.item_id, day))) mask |= ITEM.uv_bit;
    }
    return mask;
  }

  /** Nearly always an item has one merchant, so its key is found by the item's id alone. */
  private itemKey(merchant_id: string, item_id: string, day: number): number {
    const last = this.itemKeys.get(item_id);
    if (last !== undefined && last.merchant_id === merchant_id) {
      this.keys.touch(last.key, day);
      return last.key;
    }
    const key = this.keys.intern(['item', merchant_id, item_id].join(SEPARATOR), day);
    this.itemKeys.set(item_id, { merchant_id, key });
    return key;
  }

  /** Every grain but the item's; the caller touches the keys. */
  private keysOf(placement: Placement): PlacementKey[] {
    return GRAINS.filter((grain) => grain !== ITEM).map(({ name, path, uv_bit }) => ({
      key: this.keys.intern([name, ...path.map((field) => (field === 'item_id' ? '' : placement[field]))].join(SEPARATOR), -Infinity),
      uv_bit,
    }));
  }
}
