import type { SCHEMAS } from './schemas';

/**
 * Normalised events: every field of the schema present, null where the producer said nothing, so that all events of a type have one shape.
 * Ids are strings, times ms UTC, amounts integer minor units.
 */
type Normalised<Schema extends { readonly properties: object; readonly required: readonly string[] }> = {
  readonly [Name in keyof Schema['properties']]:
    | ValueOf<Schema['properties'][Name]>
    | (Name extends Schema['required'][number] ? never : AbsenceOf<Schema['properties'][Name]>);
} & {
  /** When the raw log got it, ms; added by ODS. */
  readonly ingest_time: number;
  /** Fields that the schema does not know. */
  readonly extra: Readonly<Record<string, unknown>> | null;
};

type ValueOf<Field> = Field extends { readonly const: infer Only }
  ? Only
  : Field extends { readonly enum: readonly (infer Member)[] }
    ? Member
    : Field extends { readonly 'x-value': 'id' | 'currency' }
      ? string
      : number;

type AbsenceOf<Field> = Field extends { readonly default: unknown } ? never : null;

export type Exposure = Normalised<typeof SCHEMAS.exposure>;
export type Click = Normalised<typeof SCHEMAS.click>;
export type Message = Normalised<typeof SCHEMAS.message>;
export type Order = Normalised<typeof SCHEMAS.order>;
export type Payment = Normalised<typeof SCHEMAS.payment>;
export type Refund = Normalised<typeof SCHEMAS.refund>;
export type Cancel = Normalised<typeof SCHEMAS.cancel>;
export type Invalidate = Normalised<typeof SCHEMAS.invalidate>;

export type AdEvent = Exposure | Click | Message | Order | Payment | Refund | Cancel | Invalidate;
