import { Type } from '@sinclair/typebox';

/** `AsOf`, as the document describes it. */
export const AsOfSchema = Type.Object(
  {
    watermark: Type.Union(
      [Type.String({ format: 'date-time', description: 'Event time up to which nothing is expected any more.' }), Type.Null()],
      {
        description: 'Null while unknown.',
      },
    ),
    partitions: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
      description: 'Partition of dwd.fact → next offset: everything before it is in the numbers.',
    }),
  },
  { additionalProperties: false, description: 'One position for the whole answer.' },
);
