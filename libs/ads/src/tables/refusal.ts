import { GRAINS, METRICS, type Grain } from '../metrics';
import type { Definitions, MetricsRequest } from './request';
import { sourceOf, startOf, type Source } from './source';

/** Why a request cannot be answered, and what to change. A closed list: the API documents every code. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly detail: string;
}

export type RefusalCode =
  | 'empty_range'
  | 'unknown_metric'
  | 'unknown_grain'
  | 'field_not_in_grain'
  /** The grain keeps no rows from which this window could be summed. */
  | 'window_not_kept'
  /** Hours or days of that zone cannot be cut out of the rows that are kept. */
  | 'zone_not_kept'
  /** A total must begin and end where rows begin. */
  | 'range_not_aligned'
  | 'too_many_windows'
  /** R15: distinct users cannot be summed. */
  | 'users_not_additive'
  /** Click-day cohorts exist per day only (R13). */
  | 'click_basis_needs_days';

/** Null when the request can be answered. Asked with one metric, it tells about that metric. */
export const refusalOf = (request: MetricsRequest, definitions: Definitions): Refusal | null => {
  const plan = planOf(request, definitions);
  return 'code' in plan ? plan : null;
};

/** What a request that can be answered is answered from. */
export interface Plan {
  readonly grain: Grain;
  readonly source: Source;
}

export const planOf = (request: MetricsRequest, { zone, metrics = METRICS, grains = GRAINS }: Definitions): Plan | Refusal => {
  const grain = grains.find(({ name }) => name === request.grain);
  if (grain === undefined) return { code: 'unknown_grain', detail: `There is no grain ${request.grain}.` };
  if (!(request.from_ms < request.to_ms)) return { code: 'empty_range', detail: 'from must be before to.' };

  const asked = request.metrics.map((name) => metrics.find((metric) => metric.name === name) ?? name);
  const unknown = asked.find((metric) => typeof metric === 'string');
  if (unknown !== undefined) return { code: 'unknown_metric', detail: `There is no metric ${unknown}.` };

  const filtered = Object.keys(request.filter);
  const stray = [...filtered, ...request.groupBy].find((field) => !grain.path.some((own) => own === field));
  if (stray !== undefined)
    return {
      code: 'field_not_in_grain',
      detail: `${grain.name} rows have no ${stray}; they have ${grain.path.join(', ') || 'no keys'}.`,
    };

  const source = sourceOf(request, grain, zone);
  if ('code' in source) return source;

  const users = asked.find((metric) => typeof metric === 'object' && !metric.additive);
  const obstacle = typeof users === 'object' ? whatSumsUsers(request, { grain, source }, zone) : null;
  if (typeof users === 'object' && obstacle !== null) {
    return {
      code: 'users_not_additive',
      detail: `${users.name} counts distinct users per day in ${zone.name} and cannot be summed over ${obstacle}.`,
    };
  }
  return { grain, source };
};

/** R15: an answer about users must be one stored day of one key; null when it is, else what would be summed over. */
const whatSumsUsers = (request: MetricsRequest, { grain, source }: Plan, zone: Definitions['zone']): string | null => {
  const free = grain.path.find((field) => !request.groupBy.includes(field) && request.filter[field]?.length !== 1);
  if (free !== undefined) return `several ${free}; group by it or name one`;
  if (source.rows !== 'day') return 'parts of days';
  const oneDay = request.window === 'day' || startOf('day', request.to_ms - 1, zone) === request.from_ms;
  return oneDay ? null : 'days';
};
