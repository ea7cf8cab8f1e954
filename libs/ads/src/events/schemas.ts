import { id, money, oneOf, optionalCurrency, optionalId, optionalInteger, optionalMoney, optionalTime, time } from './fields';
import { JSON_SCHEMA_DRAFT, type JSONSchema } from './json-schema';

/**
 * The eight events (semantics.md, Events) as they come from outside. The one source of the TypeScript types, the validator, OpenAPI and
 * the docs. Unknown further fields are allowed everywhere and kept.
 */

const ENVELOPE = {
  event_id: id('Identity of the event, together with its type and source.'),
  source: id('Who says so: the system whose ids these are.'),
  event_time: time('When it happened: RFC 3339 with an offset, or integer milliseconds since 1970.'),
  user_id: id('Whose event it is. Ids that stand for nobody are rejected.'),
  currency: optionalCurrency('ISO 4217 code of the amounts; the base currency when absent.'),
  event_version: { ...optionalInteger('A higher version replaces the event; 1 when absent.', 1), default: 1 },
  schema_version: optionalId('Version of the schema that the producer wrote by.'),
  city: optionalId('Where the user was.'),
  platform: optionalId('What the user used, e.g. ios.'),
  request_id: optionalId('The request that the event belongs to.'),
  sequence: optionalInteger("The producer's own counter, used to prove completeness.", 0),
} as const satisfies Fields;

const event = <const Type extends string, const Own extends Fields, const Required extends readonly (keyof Own & string)[]>(
  type: Type,
  description: string,
  own: Own,
  required: Required,
) =>
  ({
    $schema: JSON_SCHEMA_DRAFT,
    title: type,
    description,
    type: 'object',
    properties: { type: { const: type }, ...ENVELOPE, ...own },
    required: ['type', 'event_id', 'source', 'event_time', 'user_id', ...required],
  }) as const satisfies JSONSchema;

type Fields = Readonly<Record<string, JSONSchema>>;

const PLACEMENT = {
  ad_id: id('The ad.'),
  campaign_id: id('The campaign it belongs to.'),
  merchant_id: id('The advertiser who pays.'),
  item_id: optionalId('The item advertised.'),
  slot: optionalId('The place where it was shown.'),
} as const satisfies Fields;

const ORDER_LINE = {
  order_id: id('The order; with the item, the order line.'),
  item_id: id('The item sold.'),
  merchant_id: id('The seller.'),
} as const satisfies Fields;

const exposure = event(
  'exposure',
  'An ad was shown.',
  { ...PLACEMENT, cost_minor: optionalMoney('What it costs the advertiser (CPM), minor units.') },
  ['ad_id', 'campaign_id', 'merchant_id'],
);

const click = event(
  'click',
  'An ad was clicked; click and billing are one stream.',
  { ...PLACEMENT, cost_minor: money('What it costs the advertiser (CPC), minor units; may be 0.') },
  ['ad_id', 'campaign_id', 'merchant_id', 'cost_minor'],
);

const message = event(
  'message',
  'A user consulted the merchant.',
  {
    merchant_id: id('The merchant consulted.'),
    item_id: optionalId('The item it is about.'),
    channel: oneOf('Where they talk.', ['public', 'private']),
  },
  ['merchant_id', 'channel'],
);

const order = event(
  'order',
  'An order line was placed.',
  { ...ORDER_LINE, amount_minor: money('Price of the line, minor units.'), quantity: optionalInteger('Pieces.', 1) },
  ['order_id', 'item_id', 'merchant_id', 'amount_minor'],
);

const payment = event(
  'payment',
  'An order line was paid, wholly or in part.',
  { ...ORDER_LINE, amount_minor: money('Amount paid, minor units.') },
  ['order_id', 'item_id', 'merchant_id', 'amount_minor'],
);

const refund = event(
  'refund',
  'All or part of a paid line went back.',
  { ...ORDER_LINE, amount_minor: money('Amount that went back, minor units, not negative.') },
  ['order_id', 'item_id', 'merchant_id', 'amount_minor'],
);

const cancel = event('cancel', 'An unpaid line was cancelled.', ORDER_LINE, ['order_id', 'item_id', 'merchant_id']);

const invalidate = {
  ...event(
    'invalidate',
    'An earlier click or exposure of this user was invalid traffic.',
    {
      target_type: oneOf('What the target is.', ['click', 'exposure']),
      target_source: id('Source of the target.'),
      target_id: id('Event id of the target.'),
      reason: id('Why it is invalid.'),
      ad_id: optionalId('Ad of the exposure taken back.'),
      campaign_id: optionalId('Campaign of the exposure taken back.'),
      merchant_id: optionalId('Merchant of the exposure taken back.'),
      item_id: optionalId('Item of the exposure taken back.'),
      cost_minor: optionalMoney('Cost of the exposure taken back, minor units.'),
      target_time: optionalTime('Event time of the exposure taken back.'),
    },
    ['target_type', 'target_source', 'target_id', 'reason'],
  ),
  // Exposures are not kept (R8), so their invalidation says itself what it takes back.
  if: { properties: { target_type: { const: 'exposure' } }, required: ['target_type'] },
  then: {
    properties: { ad_id: PLACEMENT.ad_id, campaign_id: PLACEMENT.campaign_id, merchant_id: PLACEMENT.merchant_id },
    required: ['ad_id', 'campaign_id', 'merchant_id'],
  },
} as const satisfies JSONSchema;

/** With their literal types, for the types derived from them. */
export const SCHEMAS = { exposure, click, message, order, payment, refund, cancel, invalidate } as const;

export type EventType = keyof typeof SCHEMAS;

/** For everyone who reads them as data. */
export const EVENT_SCHEMAS: Readonly<Record<EventType, EventSchema>> = SCHEMAS;

export interface EventSchema extends JSONSchema {
  readonly title: string;
  readonly description: string;
  readonly properties: Fields;
  readonly required: readonly string[];
}

export const EVENT_TYPES: readonly EventType[] = [
  'exposure',
  'click',
  'message',
  'order',
  'payment',
  'refund',
  'cancel',
  'invalidate',
];
