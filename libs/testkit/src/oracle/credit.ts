import type { Calendar } from './calendar';
import { daysBetween } from './calendar';
import type { OracleEvent } from './event';
import { byOrderOfEvents } from './event';
import { modelWeights } from './models';
import type { OptionsOfADay, OracleOptions } from './options';
import { optionsOn } from './options';

export type Attribution = 'direct' | 'indirect' | 'organic';

/** What one click gets of a conversion. `click` null: nobody's, organic. */
export interface Credit {
  readonly click: OracleEvent | null;
  readonly attribution: Attribution;
  /** Micro-credits; those of one conversion sum to exactly 1 000 000. */
  readonly micro: number;
}

/** R3. Null: the click is not eligible. */
export function eligibility(click: OracleEvent, v: OracleEvent, day: Calendar, options: OptionsOfADay): Attribution | null {
  if (click.user_id !== v.user_id || click.merchant_id !== v.merchant_id || click.event_time > v.event_time) return null;
  const sameItem = (click.item_id ?? null) !== null && click.item_id === v.item_id;
  const clickDay = day(click.event_time);
  const day_v = day(v.event_time);
  // Choice: a direct click need not lie within W, should anyone configure a W of less than a day.
  if (sameItem && clickDay === day_v) return 'direct';
  const within =
    options.window_mode === 'rolling'
      ? v.event_time - click.event_time <= options.window_ms
      : daysBetween(clickDay, day_v) <= options.window_ms / 86_400_000;
  return within ? 'indirect' : null;
}

/** R4: who gets the credit of `v`, among the valid clicks of its user. */
export function creditsOf(
  v: OracleEvent,
  clicks: readonly OracleEvent[],
  day: Calendar,
  options: OracleOptions,
): readonly Credit[] {
  // D3: by the conversion's day.
  const rules = optionsOn(day(v.event_time), options);
  if (options.model !== 'last' && !rules.models.includes(options.model)) return [];
  const candidates = clicks
    .flatMap((click) => {
      const attribution = eligibility(click, v, day, rules);
      return attribution === null ? [] : [{ click, attribution }];
    })
    .sort((a, b) => byOrderOfEvents(a.click, b.click));
  if (candidates.length === 0) return [{ click: null, attribution: 'organic', micro: 1_000_000 }];

  if (options.model === 'last') {
    const direct = candidates.filter((c) => c.attribution === 'direct');
    return (direct.length > 0 ? direct : candidates).slice(-1).map((c) => ({ ...c, micro: 1_000_000 }));
  }
  // Choice: in the other models every click keeps its own label, and a share of nothing is no credit.
  const newest = candidates.slice(-50);
  const ages = newest.map((c) => v.event_time - c.click.event_time);
  const weights = modelWeights(options.model, ages);
  return newest.map((c, i) => ({ ...c, micro: weights[i] ?? 0 })).filter((c) => c.micro > 0);
}
