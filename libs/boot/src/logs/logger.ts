import { type DestinationStream, type Level, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { redacting } from './redact';

export interface LoggerOptions {
  readonly level?: Level | 'silent';
  /** For people at a terminal; otherwise one JSON object a line. */
  readonly readable?: boolean;
  /** Default: standard error, for standard output belongs to the answer. */
  readonly destination?: DestinationStream;
  /** What no line may hold, besides what looks like a secret. */
  readonly secrets?: readonly string[];
}

const STDERR = 2;

/** Every line of the program goes through it; none holds a secret, whoever wrote it and whatever library said it. */
export function createLogger({ level = 'info', readable = false, destination, secrets = [] }: LoggerOptions = {}): Logger {
  const raw = destination ?? pino.destination({ dest: STDERR, sync: true });
  const shown = readable
    ? pretty({
        destination: raw,
        sync: true,
        colorize: false,
        singleLine: true,
        translateTime: 'SYS:HH:MM:ss',
        ignore: 'pid,hostname',
      })
    : raw;
  return pino({ level, base: undefined }, redacting(shown, secrets));
}
