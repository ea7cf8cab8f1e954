/** No answer came in time. Whether the question was heard is not known. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/** The client's own limit does not hold for commands that wait in a cluster's queue until any node is found. */
export const answered = <T>(timeout_ms: number, answer: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new SilenceError(`no answer within ${timeout_ms} ms`)), timeout_ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
