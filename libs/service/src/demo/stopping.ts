/** The run was told to stop before its work was done. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Waits for something that may take long, but not beyond the signal: what it waited for is then nobody's concern. */
export const unlessStopped = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  if (signal.aborted) throw new Stopped();
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Stopped());
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
