/** Why a record is rejected: the closed list, with what each means. Codes are stable; the texts are for people and the docs. */
export const REJECT_REASONS = {
  no_value: 'The record has no value (a tombstone).',
  too_large: 'The record is longer than the limit.',
  not_utf8: 'The bytes are not UTF-8.',
  not_json: 'The text is not one JSON value.',
  not_a_row: 'The text is not a row of the declared columns.',
  not_an_object: 'The JSON value is not an object.',
  unmapped: 'No mapping of the source applies to the record.',
  unknown_type: 'The type is none of the event types.',
  missing_field: 'A required field is absent, null or, from a file of columns, empty.',
  invalid_field: 'A field has a value that its type does not allow.',
  placeholder_user: 'The user id stands for nobody.',
  future_time: 'The event is dated later than it was received, by more than the tolerance.',
  unsupported_currency: 'The amount is not in the base currency, and no rate is known for its currency at that time.',
} as const;

export type RejectReason = keyof typeof REJECT_REASONS;

export interface Rejection {
  readonly rejected: true;
  readonly reason: RejectReason;
  /** The field at fault; null when it is the record as a whole. */
  readonly field: string | null;
  /** What would have been accepted. */
  readonly expected: string;
}

export const rejection = (reason: RejectReason, field: string | null, expected: string): Rejection => ({
  rejected: true,
  reason,
  field,
  expected,
});

export const isRejection = (result: object): result is Rejection => 'rejected' in result && result.rejected === true;
