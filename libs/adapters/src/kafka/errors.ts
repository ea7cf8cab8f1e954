import { writerOf, type TopicPartition } from '@millrace/stream';

/** The client has given up its part in the group: the process must end, whatever it says about going on by itself (D6). */
export class MembershipLostError extends Error {
  override readonly name = 'MembershipLostError';
  constructor(
    readonly group: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`member of group ${group}: ${reason}`, options);
  }
}

/** The brokers did not take the records within the bound of retries. Whether they are in the log is unknown; marks (D2) tell. */
export class AppendFailedError extends Error {
  override readonly name = 'AppendFailedError';
  constructor(
    readonly to: TopicPartition,
    options: ErrorOptions,
  ) {
    super(`append to ${writerOf(to)}: ${messageOf(options.cause)}`, options);
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Errors of the network and of brokers that start, stop or change their leader: what was asked may be asked again. */
export function isPassing(error: unknown): boolean {
  const parts = partsOf(error);
  return (
    parts.some(isOfNetwork) ||
    (parts.length > 0 && parts.every((part) => part['retriable'] === true || part['canRetry'] === true))
  );
}

/**
 * kafkajs calls a refused connection "non-retriable" once it has tried often enough, and @platformatic/kafka does not try
 * again after a timeout; sending the same bytes again is right in both cases.
 */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PLT_KFK_NETWORK',
  'PLT_KFK_TIMEOUT',
]);
const CONNECTION = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSNoBrokerAvailableError',
]);

const isOfNetwork = ({ code, name }: Fields): boolean =>
  (typeof code === 'string' && NETWORK.has(code)) || (typeof name === 'string' && CONNECTION.has(name));

type Fields = Readonly<Record<string, unknown>>;

/** The errors that an error stands for: the ends of its causes and its collected errors, and itself if it has none. */
function partsOf(error: unknown): Fields[] {
  if (typeof error !== 'object' || error === null) return [];
  const fields = error as Fields;
  if (isOfNetwork(fields)) return [fields];
  const below = [...(Array.isArray(fields['errors']) ? fields['errors'] : []), fields['cause']].flatMap(partsOf);
  return below.length > 0 ? below : [fields];
}
