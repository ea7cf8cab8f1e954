import { ContinuityError, LogGapError, OwnershipLostError, TaskError, writerOf } from '@millrace/stream';

/** Where in the logs an error happened, as fields of a line: the same names everywhere, so that one search finds all about a record. */
export const positionOf = (error: unknown): Readonly<Record<string, unknown>> => {
  if (error instanceof TaskError) return { layer: error.layer, ...error.input, offset: error.position };
  if (error instanceof ContinuityError) return { layer: error.layer, ...error.input, offset: error.position };
  if (error instanceof LogGapError) return { ...error.at, offset: error.expected };
  if (error instanceof OwnershipLostError) return { group: error.group, lost: error.lost.map(writerOf) };
  return {};
};
