import { ATTRIBUTIONS, GRAINS, METRICS, RATIOS, type Metric } from '@millrace/ads';
import { Type, type TSchema } from '@sinclair/typebox';
import { ASKED_WINDOWS } from './alignment';
import { DAY_STATES } from './days';
import { KEY_FIELDS } from './grain';
import { AsOfSchema } from '../as-of';

const closed = { additionalProperties: false };
const oneOf = (values: readonly string[], description?: string): TSchema =>
  Type.String({ enum: [...values], ...(description ? { description } : {}) });
const instant = (description: string): TSchema => Type.String({ format: 'date-time', description });
const byName = <Definition extends { readonly name: string }>(
  definitions: readonly Definition[],
  schema: (definition: Definition) => TSchema,
): Record<string, TSchema> =>
  Object.fromEntries(definitions.map((definition) => [definition.name, Type.Optional(schema(definition))]));

const splitInto = (value: TSchema, description: string): TSchema =>
  Type.Object(Object.fromEntries(ATTRIBUTIONS.map((attribution) => [attribution, Type.Optional(value)])), {
    ...closed,
    description: `${description} By attribution; \`organic\` only where it exists.`,
  });

/** Conversions are whole under the default model only; amounts are shared out in whole minor units. */
const split = ({ unit, description }: Metric): TSchema =>
  unit === 'events'
    ? splitInto(Type.Number(), `${description} Under a model that shares conversions: millionths of them.`)
    : splitInto(Type.Integer(), description);

/** The numbers of a row, one entry per definition. */
const Numbers = Type.Object(
  {
    ...byName(METRICS, (metric) => (metric.split ? split(metric) : Type.Integer({ description: metric.description }))),
    ...byName(RATIOS, ({ description }) =>
      Type.Union([Type.Number(), Type.Null()], { description: `${description} Null where there is nothing to divide by.` }),
    ),
  },
  closed,
);

const Row = Type.Object(
  {
    window_start: instant('In the zone asked for.'),
    day: Type.Optional(Type.String({ format: 'date', description: 'Of day windows.' })),
    ...Object.fromEntries(KEY_FIELDS.map((field) => [field, Type.Optional(Type.String())])),
    metrics: Numbers,
  },
  closed,
);

const Description = Type.Object(
  {
    unit: oneOf(['events', 'users', 'minor', 'ratio'], '`minor`: minor units of the base currency.'),
    description: Type.String(),
    restatable: Type.Boolean({ description: 'Whether a sealed day may still change.' }),
  },
  closed,
);

const Maturity = Type.Object({ state: oneOf(['maturing', 'mature']), share: Type.Number({ minimum: 0, maximum: 1 }) }, closed);

/** What may change at a day's boundary. */
const DATED_RULES = {
  window_ms: Type.Integer({ description: 'W: the attribution window.' }),
  window_mode: oneOf(['rolling', 'calendar']),
  invalidation_ms: Type.Integer(),
  repeat_within_ms: Type.Integer(),
  models: Type.Array(Type.String(), { description: 'Attribution models kept beside the default one.' }),
};

const Rules = Type.Object(
  {
    zone: Type.String(),
    base_currency: Type.String(),
    lateness_ms: Type.Integer({ description: 'B: the disorder that is handled exactly.' }),
    ...DATED_RULES,
    line_life_ms: Type.Integer(),
    rates: Type.Array(
      Type.Object({ id: Type.String(), currency: Type.String(), from_ms: Type.Integer(), base_micro: Type.Integer() }),
      { description: 'Minor units of the base currency for a million of another, from an instant on.' },
    ),
    changes: Type.Array(Type.Object({ from_day: Type.String({ format: 'date' }) }, { additionalProperties: true }), {
      description: 'Rules that begin with a later day; what they do not name stays as it was.',
    }),
  },
  { description: 'The constants that produced these numbers.' },
);

const Query = Type.Object(
  {
    from: instant('Inclusive.'),
    to: instant('Exclusive.'),
    window: oneOf(ASKED_WINDOWS),
    timezone: Type.String(),
    grain: oneOf(GRAINS.map(({ name }) => name)),
    groupBy: Type.Array(oneOf(KEY_FIELDS)),
    filter: Type.Object(Object.fromEntries(KEY_FIELDS.map((field) => [field, Type.Optional(Type.Array(Type.String()))])), closed),
    basis: oneOf(['conversion', 'click']),
    model: Type.String({ description: 'Attribution model.' }),
    order: Type.Union([Type.String(), Type.Null()]),
    limit: Type.Union([Type.Integer(), Type.Null()]),
  },
  { ...closed, description: 'The question as it was understood.' },
);

export const MetricsAnswerSchema = Type.Object(
  {
    store: Type.String({
      description:
        'Where all of it was read: `clickhouse`, or `redis` for day rows of open days of merchants, campaigns and ads that are named by filters.',
    }),
    asOf: AsOfSchema,
    rules: Rules,
    rulesByDay: Type.Optional(
      Type.Record(Type.String({ format: 'date' }), Type.Object(DATED_RULES, closed), {
        description: 'Only where the rules change within the range: the rules from its first day on, and from each change on.',
      }),
    ),
    query: Query,
    days: Type.Record(Type.String({ format: 'date' }), oneOf(DAY_STATES), {
      description:
        'State of each business day that the range touches: `live`, then `closing` until nothing can come any more, `sealed`, and `reconciled` by the batch layer.',
    }),
    maturity: Type.Optional(
      Type.Record(Type.String({ format: 'date' }), Maturity, { description: 'By click day only: how complete the cohort is.' }),
    ),
    metrics: Type.Record(Type.String(), Description),
    notes: Type.Array(Type.String(), { description: 'What was left out and why, and what to bear in mind.' }),
    truncated: Type.Boolean({ description: 'Whether there are more rows than `limit`.' }),
    rows: Type.Array(Row),
  },
  { ...closed, $id: 'MetricsAnswer', description: 'Numbers, the position they have, and the state of each day.' },
);
