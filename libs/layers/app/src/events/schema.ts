import { EVENT_SCHEMAS, EVENT_TYPES, REJECT_REASONS, type EventType, type JSONSchema } from '@millrace/ads';
import { Type } from '@sinclair/typebox';
import { DEFAULT_SOURCE, FOREIGN_MERCHANT } from './accept';

/** `click` → `ClickEvent`: how the event's schema is called in the document. */
const schemaName = (type: EventType): string => `${type.charAt(0).toUpperCase()}${type.slice(1)}Event`;

/** A field that may be absent may be null as well, which means the same. */
const withoutValue = (field: JSONSchema = {}): JSONSchema => ({
  ...field,
  default: DEFAULT_SOURCE,
  ...(field.anyOf ? { anyOf: [...field.anyOf, { type: 'null' as const }] } : {}),
});

/** The schemas of the events as this address takes them: who sends by HTTP need not say who says so. */
export const EVENT_COMPONENTS = EVENT_TYPES.map((type) => {
  const { $schema: _, properties, required, ...rest } = EVENT_SCHEMAS[type];
  return {
    ...rest,
    $id: schemaName(type),
    properties: { ...properties, source: withoutValue(properties['source']) },
    required: required.filter((field) => field !== 'source'),
  };
});

const oneEvent = { oneOf: EVENT_TYPES.map((type) => ({ $ref: `${schemaName(type)}#` })) };

export const ONE_OR_MANY = { anyOf: [oneEvent, { type: 'array', items: oneEvent, minItems: 1 }] };

const Accepted = Type.Object({ status: Type.Literal('accepted') }, { additionalProperties: false });

const Rejected = Type.Object(
  {
    status: Type.Literal('rejected'),
    reason: Type.String({
      enum: [...Object.keys(REJECT_REASONS), FOREIGN_MERCHANT],
      description: `\`${FOREIGN_MERCHANT}\`: the key may not send events of this merchant.`,
    }),
    field: Type.Union([Type.String(), Type.Null()], { description: 'The field at fault; null when it is the event as a whole.' }),
    expected: Type.String({ description: 'What would have been accepted.' }),
  },
  { additionalProperties: false },
);

const Results = Type.Array(Type.Union([Accepted, Rejected]), {
  description: 'One per event, in the order in which they were sent.',
});

export const EventResultsSchema = Type.Object(
  {
    accepted: Type.Integer({ minimum: 0 }),
    rejected: Type.Integer({ minimum: 0 }),
    results: Results,
  },
  { $id: 'EventResults', additionalProperties: false },
);
