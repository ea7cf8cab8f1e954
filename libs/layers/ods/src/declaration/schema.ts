import { JSON_SCHEMA_DRAFT, type JSONSchema } from '@millrace/ads';

/** The JSON Schema of a source declaration: for editors, the docs, and the first half of its validation. */

const NAME = { type: 'string', minLength: 1, maxLength: 100, pattern: '^[a-z0-9][a-z0-9._-]*$' } as const satisfies JSONSchema;
const PATH = { type: 'string', minLength: 1 } as const satisfies JSONSchema;
const SCALAR = { type: ['string', 'number', 'boolean', 'null'] } as const satisfies JSONSchema;

const FIELD: JSONSchema = {
  description: 'a column or path, an object with `from`, or an object with `constant`',
  anyOf: [
    PATH,
    { type: 'object', properties: { constant: SCALAR }, required: ['constant'], additionalProperties: false },
    {
      type: 'object',
      properties: {
        from: PATH,
        values: { type: 'object', additionalProperties: SCALAR, minProperties: 1 },
        time: { type: 'string', minLength: 1 },
        zone: { type: 'string', minLength: 1 },
        decimals: { type: 'integer', minimum: 0, maximum: 12 },
      },
      required: ['from'],
      additionalProperties: false,
    },
  ],
};

const CONDITION: JSONSchema = {
  description: 'a list of values, or {"present": true or false}',
  anyOf: [
    { type: 'array', items: SCALAR, minItems: 1 },
    { type: 'object', properties: { present: { type: 'boolean' } }, required: ['present'], additionalProperties: false },
  ],
};

export const SOURCE_SCHEMA: JSONSchema = {
  $schema: JSON_SCHEMA_DRAFT,
  title: 'Source declaration',
  description: 'How the records of one outside source become events.',
  type: 'object',
  properties: {
    name: NAME,
    description: { type: 'string' },
    topics: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 249, pattern: '^[a-zA-Z0-9._-]+$' },
      minItems: 1,
      uniqueItems: true,
    },
    format: {
      type: 'object',
      properties: {
        type: { enum: ['json', 'csv', 'tsv'] },
        columns: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, uniqueItems: true },
        header: { type: 'boolean' },
        quoted: { type: 'boolean' },
        envelope: { enum: ['cloudevents'] },
      },
      required: ['type'],
      additionalProperties: false,
    },
    default_source: { type: 'string', minLength: 1, maxLength: 256 },
    placeholder_users: { type: 'array', items: { type: 'string' } },
    user_aliases: { type: 'object', additionalProperties: { type: 'string', minLength: 1, maxLength: 256 } },
    mappings: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          type: FIELD,
          when: { type: 'object', additionalProperties: CONDITION },
          identity: { type: 'boolean' },
          fields: { type: 'object', additionalProperties: FIELD },
          extra: { type: 'object', additionalProperties: PATH },
        },
        additionalProperties: false,
      },
    },
  },
  required: ['name', 'format', 'mappings'],
  additionalProperties: false,
};
