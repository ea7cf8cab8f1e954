import type { StateStore } from '@millrace/stream';
import { GRAINS } from '@millrace/ads';
import { Interner } from '../interner';
import { DayCounts } from './day-counts';

const SEPARATOR = '\u0000';
const NO_KEY = -1;

/** Whose user is counted where: the fields that the grains' key paths name. */
export interface Counted {
  readonly user_id: string;
  readonly merchant_id: string;
  readonly campaign_id: string;
  readonly ad_id: string;
  readonly item_id: string | null;
}

/**
 * R15: exact distinct users per (day, grain key), kept where a user's events are. The answer to a change is a mask of
 * the grains (`Grain.uv_bit`) at which the user appeared or vanished, so that downstream UV is a plain sum.
 */
export class DistinctUsers implements StateStore {
  private readonly users = new Interner();
  private readonly keys = new Interner();
  private readonly days = new Map<number, DayCounts>();
  /** Keys of an (merchant, campaign, ad) in the order of GRAINS, so that most events look up one name. */
  private readonly keysOfAd = new Map<string, Int32Array>();

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
    this.keysOfAd.clear();
  }

  get entries(): number {
    return [...this.days.values()].reduce((sum, counts) => sum + counts.entries, 0);
  }
  get bytes(): number {
    return [...this.days.values()].reduce((sum, counts) => sum + counts.bytes, 0);
  }

  private change(day: number, event: Counted, move: 'up' | 'down'): number {
    let counts = this.days.get(day);
    if (counts === undefined) this.days.set(day, (counts = new DayCounts()));
    const user = this.users.intern(event.user_id, day);
    const keys = this.adKeys(day, event);
    let mask = 0;
    for (let g = 0; g < GRAINS.length; g++) {
      const grain = GRAINS[g];
      if (grain === undefined) continue;
      let key = keys[g] ?? NO_KEY;
      if (grain.name === 'item') {
        if (event.item_id === null) continue;
        key = this.keys.intern(`item${SEPARATOR}${event.merchant_id}${SEPARATOR}${event.item_id}`, day);
      }
      if (counts[move](user, key)) mask |= grain.uv_bit;
    }
    return mask;
  }

  private adKeys(day: number, event: Counted): Int32Array {
    const name = `${day}${SEPARATOR}${event.merchant_id}${SEPARATOR}${event.campaign_id}${SEPARATOR}${event.ad_id}`;
    let keys = this.keysOfAd.get(name);
    if (keys === undefined) {
      keys = new Int32Array(GRAINS.length).fill(NO_KEY);
      GRAINS.forEach((grain, g) => {
        if (grain.name === 'item' || keys === undefined) return;
        const path = grain.path.map((field) => (field === 'item_id' ? '' : event[field]));
        keys[g] = this.keys.intern([grain.name, ...path].join(SEPARATOR), day);
      });
      this.keysOfAd.set(name, keys);
    }
    return keys;
  }
}
