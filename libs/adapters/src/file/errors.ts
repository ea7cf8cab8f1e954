/** A segment does not hold what was written to it. Nothing is skipped: an operator decides how to proceed. */
export class LogCorruptionError extends Error {
  override readonly name = 'LogCorruptionError';
  constructor(
    readonly path: string,
    readonly position: number,
  ) {
    super(`${path}: damaged at byte ${position}, with intact records behind it`);
  }
}

/** Another process has the directory open. */
export class LogLockedError extends Error {
  override readonly name = 'LogLockedError';
  constructor(
    readonly directory: string,
    readonly pid: number,
  ) {
    super(`${directory} is in use by process ${pid}; two processes must not write one log`);
  }
}

/** Whether the system refused with this code, such as ENOENT. */
export const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
