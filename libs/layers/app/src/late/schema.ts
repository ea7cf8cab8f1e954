import { LATE_REASONS, type LateReason } from '@millrace/ads';
import { Type } from '@sinclair/typebox';

const closed = { additionalProperties: false };

/** `GET /v1/late` */
export interface LateAnswer {
  readonly truncated: boolean;
  readonly rows: readonly {
    readonly reason: LateReason;
    readonly day: string;
    readonly user_id: string;
    readonly merchant_id: string | null;
    readonly event: { readonly type: string; readonly source: string; readonly event_id: string; readonly event_time: string };
    readonly ingest_time: string;
    readonly watermark: string;
  }[];
}

const Late = Type.Object(
  {
    reason: Type.String({ enum: Object.keys(LATE_REASONS) }),
    day: Type.String({ format: 'date', description: 'The day whose numbers may be wrong.' }),
    user_id: Type.String({ description: 'Of whom.' }),
    merchant_id: Type.Union([Type.String(), Type.Null()], { description: 'Null where the event names none.' }),
    event: Type.Object(
      {
        type: Type.String(),
        source: Type.String(),
        event_id: Type.String(),
        event_time: Type.String({ format: 'date-time' }),
      },
      { ...closed, description: 'The event that came too late.' },
    ),
    ingest_time: Type.String({ format: 'date-time', description: 'When the raw log got it.' }),
    watermark: Type.String({
      format: 'date-time',
      description: 'What stood when it was listed; less the time of the event, how late it was.',
    }),
  },
  closed,
);

export const LateAnswerSchema = Type.Object(
  {
    truncated: Type.Boolean({ description: 'Whether there are more than `limit`.' }),
    rows: Type.Array(Late, { description: 'The newest first.' }),
  },
  { ...closed, $id: 'LateAnswer', description: 'What late events may have made wrong.' },
);
