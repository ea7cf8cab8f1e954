import { ATTRIBUTIONS } from '@millrace/ads';
import { Type } from '@sinclair/typebox';
import { AsOfSchema } from '../as-of';

const closed = { additionalProperties: false };
const nullable = (description?: string) => Type.Union([Type.String(), Type.Null()], description ? { description } : {});
const instant = Type.String({ format: 'date-time' });

const creditFields = {
  model: Type.String({ description: 'Attribution model.' }),
  share: Type.Number({ minimum: 0, maximum: 1, description: '1 for a single winner.' }),
  attribution: Type.String({ enum: [...ATTRIBUTIONS] }),
  click: Type.Union(
    [
      Type.Object({ source: Type.String(), event_id: Type.String(), event_time: Type.Union([instant, Type.Null()]) }, closed),
      Type.Null(),
    ],
    {
      description: 'The credited click; null: organic.',
    },
  ),
  campaign_id: nullable(),
  ad_id: nullable(),
  orphan: Type.Boolean({ description: 'Credited by itself, because its order line is not held.' }),
  amount_minor: Type.Integer({ description: 'Base currency, minor units; of refunds after their cap.' }),
};

const Credit = Type.Object(creditFields, closed);

const Version = Type.Object(
  {
    version: Type.Integer({ minimum: 0, description: '0 for the first credit, rising with each correction.' }),
    sign: Type.Integer({ enum: [1, -1], description: '-1 takes back what has the same version.' }),
    ...creditFields,
    ingest_time: instant,
    position: Type.Object(
      { topic: Type.String(), partition: Type.Integer(), offset: Type.Integer(), ordinal: Type.Integer() },
      { ...closed, description: 'Which record of which log caused it.' },
    ),
  },
  closed,
);

const Event = Type.Object(
  {
    type: Type.String({ enum: ['message', 'order', 'cancel', 'payment', 'refund'] }),
    source: Type.String(),
    event_id: Type.String(),
    event_time: instant,
    credit: Type.Union([Credit, Type.Null()], { description: 'What stands now; null: the event was taken back.' }),
    shares: Type.Optional(Type.Array(Credit, { description: 'What stands under models that share credit.' })),
    versions: Type.Array(Version, { description: 'Every signed row, in order.' }),
  },
  closed,
);

const Line = Type.Object(
  {
    unit: Type.String({ enum: ['order_line', 'message'] }),
    order_id: nullable(),
    item_id: nullable(),
    merchant_id: Type.String(),
    user_id: Type.String(),
    events: Type.Array(Event, { description: 'Order, payments, refunds, cancel; in the order of their times.' }),
  },
  closed,
);

export const ConversionsAnswerSchema = Type.Object(
  { asOf: AsOfSchema, id: Type.String(), conversions: Type.Array(Line) },
  { ...closed, $id: 'ConversionsAnswer', description: 'All order lines or messages with this id.' },
);
