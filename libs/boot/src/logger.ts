import { type DestinationStream, type Level, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export interface LoggerOptions {
  readonly level?: Level | 'silent';
  /** For people at a terminal; otherwise one JSON object a line. */
  readonly readable?: boolean;
  /** Default: standard error, for standard output belongs to the answer. */
  readonly destination?: DestinationStream;
}

const STDERR = 2;

export function createLogger({ level = 'info', readable = false, destination }: LoggerOptions = {}): Logger {
  const raw = destination ?? pino.destination({ dest: STDERR, sync: true });
  if (!readable) return pino({ level, base: undefined }, raw);
  return pino(
    { level, base: undefined },
    pretty({
      destination: raw,
      sync: true,
      colorize: false,
      singleLine: true,
      translateTime: 'SYS:HH:MM:ss',
      ignore: 'pid,hostname',
    }),
  );
}
