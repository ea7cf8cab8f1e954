import { ReplyError } from 'ioredis';

/** Codes of answers that another attempt may not get: the server is starting, changing its role, full, or short of replicas. */
const PASSING = new Set([
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'MOVED',
  'ASK',
  'BUSY',
  'NOREPLICAS',
  'OOM',
  'UNBLOCKED',
]);

/** The first word of an answer is its code. What is no answer is a connection that failed, or silence. */
export const isPassing = (error: unknown): boolean =>
  !(error instanceof Error && error instanceof ReplyError) || PASSING.has(error.message.split(' ', 1)[0] ?? '');
