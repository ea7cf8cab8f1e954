import type { Attribution } from '../facts';
import type { Rules } from '../rules';
import type { TrafficEvent } from './happening';

interface Remembered {
  readonly t: number;
  readonly day: string;
  readonly ad_id: string | undefined;
  readonly item_id: string | undefined;
  readonly repeated: boolean;
}

/** The clicks of each user on each merchant's ads, short lists in the order in which they happened. */
export class ClickMemory {
  readonly #clicks = new Map<string, Remembered[]>();

  constructor(private readonly rules: Rules) {}

  /** Remembers a click; true if it is a repeated one (R8). */
  add(event: TrafficEvent, day: string): boolean {
    const { event_time: t, ad_id, item_id } = event;
    const clicks = this.#of(event);
    const within = this.rules.repeat_within_ms;
    const repeated = within > 0 && clicks.some((click) => click.ad_id === ad_id && t - click.t <= within);
    clicks.push({ t, day, ad_id, item_id, repeated });
    return repeated;
  }

  /** R3 and R4 for a conversion that happens now: the clicks so far are all there are. */
  credit(event: TrafficEvent, day: string): Attribution {
    const { event_time: t, item_id } = event;
    const clicks = this.#of(event).filter((click) => !click.repeated);
    if (item_id !== undefined && clicks.some((click) => click.item_id === item_id && click.day === day)) return 'direct';
    return clicks.some((click) => t - click.t <= this.rules.window_ms) ? 'indirect' : 'organic';
  }

  /** Forgets what can win nothing any more. A day more than W, so that a short W forgets no direct click. */
  forget(now: number): void {
    const kept = now - this.rules.window_ms - 2 * 86_400_000;
    for (const [key, clicks] of this.#clicks) {
      const rest = clicks.filter((click) => click.t >= kept);
      if (rest.length === 0) this.#clicks.delete(key);
      else if (rest.length < clicks.length) this.#clicks.set(key, rest);
    }
  }

  #of({ user_id, merchant_id = '' }: TrafficEvent): Remembered[] {
    const key = `${user_id} ${merchant_id}`;
    let clicks = this.#clicks.get(key);
    if (clicks === undefined) this.#clicks.set(key, (clicks = []));
    return clicks;
  }
}
