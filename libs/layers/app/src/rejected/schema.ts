import { REJECT_REASONS, type RejectReason } from '@millrace/ads';
import { Type } from '@sinclair/typebox';

const closed = { additionalProperties: false };

/** `GET /v1/rejected` */
export interface RejectedAnswer {
  readonly truncated: boolean;
  readonly records: readonly {
    readonly reason: RejectReason;
    readonly field: string | null;
    readonly expected: string;
    readonly source: string;
    readonly ingest_time: string;
    readonly bytes: string | null;
    readonly headers: Readonly<Record<string, string>> | null;
    readonly position: { readonly topic: string; readonly partition: number; readonly offset: number };
  }[];
}

const Rejected = Type.Object(
  {
    reason: Type.String({ enum: Object.keys(REJECT_REASONS) }),
    field: Type.Union([Type.String(), Type.Null()], {
      description: 'The field at fault; null when it is the record as a whole.',
    }),
    expected: Type.String({ description: 'What would have been accepted.' }),
    source: Type.String({ description: 'Name of the declaration by which it was read.' }),
    ingest_time: Type.String({ format: 'date-time', description: 'When the raw log got it.' }),
    bytes: Type.Union([Type.String({ contentEncoding: 'base64' }), Type.Null()], {
      description: 'The record as it came, in base64; null for a tombstone.',
    }),
    headers: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]),
    position: Type.Object(
      { topic: Type.String(), partition: Type.Integer(), offset: Type.Integer() },
      { ...closed, description: 'Where it stands.' },
    ),
  },
  closed,
);

export const RejectedAnswerSchema = Type.Object(
  {
    truncated: Type.Boolean({ description: 'Whether there are more than `limit`.' }),
    records: Type.Array(Rejected, { description: 'The newest first.' }),
  },
  { ...closed, $id: 'RejectedAnswer', description: 'Rejected records.' },
);
