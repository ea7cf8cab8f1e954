import { ClickHouseError } from '@clickhouse/client';

/**
 * Answers that another attempt may not get: the server is overloaded, out of memory or disk, shutting down, behind with
 * merging, without its Keeper, or does not know itself whether it did what it was asked. By number: texts change.
 */
const PASSING = new Set([
  159, // TIMEOUT_EXCEEDED
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  225, // NO_ZOOKEEPER
  236, // ABORTED
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS
  285, // TOO_FEW_LIVE_REPLICAS
  286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  319, // UNKNOWN_STATUS_OF_INSERT
  394, // QUERY_WAS_CANCELLED
  439, // CANNOT_SCHEDULE_TASK
  999, // KEEPER_EXCEPTION
]);

/** What is no answer of the engine is a connection that failed, silence, or something between us and it. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ClickHouseError ? PASSING.has(Number(error.code)) : !(error instanceof TypeError || error instanceof RangeError);
