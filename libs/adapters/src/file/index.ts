export { LogCorruptionError, LogLockedError } from './errors';
export { FileLog, type FileLogOptions } from './log';
