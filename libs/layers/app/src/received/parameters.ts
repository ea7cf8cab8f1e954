import type { Zone } from '@millrace/ads';
import { Type } from '@sinclair/typebox';
import { parseInstant } from '../instant';
import type { Faults } from '../problem/faults';
import type { QueryReader } from '../problem/query-reader';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** Parameters of questions about what the raw logs got in a range of time. */
export const RECEIVED_PARAMETERS = {
  from: Type.Optional(
    Type.String({ minLength: 1, description: 'When the log got it, inclusive: RFC 3339 or a date.', examples: ['2014-11-11'] }),
  ),
  to: Type.Optional(Type.String({ minLength: 1, description: 'Exclusive: as `from`.', examples: ['2014-11-12T00:00:00+08:00'] })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT, description: 'At most so many.', examples: [20] }),
  ),
};

export interface Received {
  readonly from_ms: number;
  readonly to_ms: number;
  readonly limit: number;
}

/** Reads them; what is wrong goes to `faults`. */
export const readReceived = (reader: QueryReader<'from' | 'to' | 'limit'>, faults: Faults, zone: Zone): Received => {
  const edge = (name: 'from' | 'to', otherwise: string): number => {
    const text = reader.one(name) ?? otherwise;
    const instant = parseInstant(text, zone);
    if (instant === undefined) faults.add(name, `"${text}" is no instant. Write RFC 3339, or a date, such as 2014-11-11.`);
    return instant ?? 0;
  };
  const [from_ms, to_ms] = [edge('from', '1970-01-01T00:00:00Z'), edge('to', '2200-01-01T00:00:00Z')];
  const text = reader.one('limit') ?? String(DEFAULT_LIMIT);
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) faults.add('limit', `"${text}" is no number of records from 1 to ${MAX_LIMIT}.`);
  return { from_ms, to_ms, limit };
};
