/** The part of JSON Schema (draft 2020-12) that our schemas use. */
export interface JSONSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: JSONTypeName | readonly JSONTypeName[];
  readonly const?: JSONScalar;
  readonly enum?: readonly JSONScalar[];
  readonly anyOf?: readonly JSONSchema[];
  readonly format?: 'date-time';
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: JSONScalar;
  readonly properties?: Readonly<Record<string, JSONSchema>>;
  readonly additionalProperties?: boolean | JSONSchema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly items?: JSONSchema;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly if?: JSONSchema;
  readonly then?: JSONSchema;
  /** Ours: what a value means, and so which type it has once normalised. Validators that do not know it ignore it. */
  readonly 'x-value'?: ValueKind;
}

export type JSONTypeName = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'object' | 'array';
export type JSONScalar = string | number | boolean | null;

/**
 * `id`: text, also given as a number, always a string afterwards. `time`: an instant, ms UTC afterwards. `money`: integer minor units.
 * `integer`: a counted or numbered thing. `currency`: an ISO 4217 code.
 */
export type ValueKind = 'id' | 'time' | 'money' | 'integer' | 'currency';

export const JSON_SCHEMA_DRAFT = 'https://json-schema.org/draft/2020-12/schema';
