import { Type } from '@sinclair/typebox';

export const HealthSchema = Type.Object(
  { status: Type.String({ enum: ['ok', 'unready'] }), reasons: Type.Array(Type.String()) },
  { $id: 'Health', additionalProperties: false, description: 'State of this process.' },
);
