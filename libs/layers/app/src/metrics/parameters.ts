import { GRAINS, LAST_TOUCH, METRICS, RATIOS, SHARED_MODELS } from '@millrace/ads';
import { Type, type TSchema } from '@sinclair/typebox';
import { ASKED_WINDOWS } from './alignment';
import { KEY_FIELDS } from './grain';

const names = (definitions: readonly { readonly name: string }[]): string =>
  definitions.map(({ name }) => `\`${name}\``).join(', ');
const grains = GRAINS.map(
  ({ name, path, windows }) => `${path.length > 0 ? path.join(' + ') : 'nothing'} → \`${name}\` (${windows.join(' and ')} rows)`,
).join('; ');

/** The parameters of `GET /v1/metrics`: the parser knows these names and no other, and the document describes the same ones. */
export const METRICS_PARAMETERS = {
  from: Type.String({
    minLength: 1,
    description:
      'Start, inclusive: RFC 3339, or a date, which means its local midnight in `timezone`. Must be a boundary of `window`.',
    examples: ['2014-11-11'],
  }),
  to: Type.String({
    minLength: 1,
    description: 'End, exclusive: as `from`.',
    examples: ['2014-11-12T00:00:00+08:00'],
  }),
  window: Type.Optional(
    Type.String({
      enum: [...ASKED_WINDOWS],
      default: 'day',
      description:
        'One row per window and group; `total`: one row per group over the whole range. Where every number asked for is 0 there is no row, but for the one row of a total without groups. Hours of grains with minute rows are summed from minutes.',
      examples: ['day'],
    }),
  ),
  timezone: Type.Optional(
    Type.String({
      description:
        'IANA zone in which dates are read, hours and days are cut and instants are written; default: the business zone. In another zone days are summed from finer rows and distinct users do not exist.',
      examples: ['Asia/Shanghai'],
    }),
  ),
  groupBy: Type.Optional(
    Type.String({
      description: `Comma list of ${KEY_FIELDS.map((field) => `\`${field}\``).join(', ')}; default none. A field brings its owners: an ad is shown with its campaign and merchant. What is grouped and filtered by decides the grain: ${grains}.`,
      examples: ['merchant_id'],
    }),
  ),
  filter: Type.Optional(
    Type.Array(Type.String(), {
      description:
        '`field:value` or `field:value,value`; repeat the parameter for several fields, which must all hold. A comma or backslash of an id is written `\\,` and `\\\\`.',
      examples: [['merchant_id:1304']],
    }),
  ),
  metrics: Type.Optional(
    Type.String({
      description: `Comma list of ${names(METRICS)}, ${names(RATIOS)}; one attribution of a split metric is \`orders.direct\`. Default: all that the question allows; \`notes\` says what was left out.`,
      examples: ['clicks,orders,gmv,ctr'],
    }),
  ),
  model: Type.Optional(
    Type.String({
      default: LAST_TOUCH,
      description: `Attribution model: \`${LAST_TOUCH}\`, or one of those that the rules keep (${names(SHARED_MODELS)}). Models that share a conversion give fractions of it.`,
      examples: [LAST_TOUCH],
    }),
  ),
  basis: Type.Optional(
    Type.String({
      enum: ['conversion', 'click'],
      default: 'conversion',
      description:
        'Effects are booked on their own day, or on the day of the credited click (cohorts; days only, with their maturity).',
      examples: ['conversion'],
    }),
  ),
  order: Type.Optional(
    Type.String({
      description:
        '`window_start`, a field of the groups, a metric (of a split one the sum, or `orders.direct`) or a ratio; `-` before it: largest first. Ties, and the default: window, then fields.',
      examples: ['-clicks'],
    }),
  ),
  limit: Type.Optional(
    Type.String({
      pattern: '^[1-9][0-9]*$',
      description:
        'At most so many rows, in the given order; `truncated` says whether there are more. Without a limit an answer that has too many rows is refused, not cut.',
      examples: ['20'],
    }),
  ),
  format: Type.Optional(Type.String({ enum: ['json', 'csv'], description: 'Wins over the Accept header.', examples: ['json'] })),
} as const satisfies Record<string, TSchema>;

export type MetricsParameter = keyof typeof METRICS_PARAMETERS;
