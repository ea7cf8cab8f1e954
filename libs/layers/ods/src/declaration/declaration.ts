import type { JSONScalar } from '@millrace/ads';

/** How the records of one outside source become events: data, one file per source. */
export interface SourceDeclaration {
  /** Names the source for people; its topic is `raw.<name>` unless `topics` are given. */
  readonly name: string;
  readonly description?: string;
  readonly topics?: readonly string[];
  readonly format: FormatDeclaration;
  /** `source` of the events that name none. */
  readonly default_source?: string;
  /** User ids that stand for nobody here. */
  readonly placeholder_users?: readonly string[];
  /** Users known under several ids: another id → the one they are counted under. */
  readonly user_aliases?: Readonly<Record<string, string>>;
  /** Each that applies to a record makes one event of it, so one row may be an order and its payment. */
  readonly mappings: readonly MappingDeclaration[];
}

export interface FormatDeclaration {
  readonly type: 'json' | 'csv' | 'tsv';
  /** Names of the columns, in order (csv, tsv). */
  readonly columns?: readonly string[];
  /** Whether files begin with the names of the columns: a record that equals them is skipped. */
  readonly header?: boolean;
  /** Whether fields may be quoted as in RFC 4180. Default: csv yes, tsv no, where a quote is a character like any other. */
  readonly quoted?: boolean;
  /** Every record is a CloudEvent, also one whose headers do not say so (json). */
  readonly envelope?: 'cloudevents';
}

export interface MappingDeclaration {
  /** The event type, or where it is found; a record whose type is not among the `values` is not this mapping's. */
  readonly type?: string | FieldDeclaration;
  /** All must hold for the mapping to apply. */
  readonly when?: Readonly<Record<string, ConditionDeclaration>>;
  /** The record already has the names of the event schemas; `type` and `fields` override. */
  readonly identity?: boolean;
  /** Event field → where its value comes from. A string is a column, or a path of names into the JSON object: `user.id`. */
  readonly fields?: Readonly<Record<string, string | FieldDeclaration>>;
  /** Further things to keep, by name → column or path. */
  readonly extra?: Readonly<Record<string, string>>;
}

export type FieldDeclaration = FoundField | ConstantField;

export interface FoundField {
  readonly from: string;
  /** What outside values mean; one that is not listed is invalid. */
  readonly values?: Readonly<Record<string, JSONScalar>>;
  /** `ms`, `s`, `rfc3339`, or a pattern of yyyy MM dd HH mm ss SSS, which needs a `zone`. */
  readonly time?: string;
  readonly zone?: string;
  /** The amount is a decimal number of major units; this many decimals make a minor unit. */
  readonly decimals?: number;
}

export interface ConstantField {
  readonly constant: JSONScalar;
}

/** The value found is one of these (compared as text), or there is one at all. */
export type ConditionDeclaration = readonly JSONScalar[] | { readonly present: boolean };

export const isConstant = (field: FieldDeclaration): field is ConstantField => 'constant' in field;
