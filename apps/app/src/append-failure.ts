import { AppendFailedError } from '@millrace/adapters/kafka';

/**
 * The end of a process whose log has given up a partition. Its client takes nothing for that partition any more, for what
 * was sent may be there or not; started again, it has a new one. Any other failure is the sender's to repeat.
 */
export class AppendFailure {
  /** Rejects with the failure; never resolves. */
  readonly lasting: Promise<never>;
  #end: (failure: AppendFailedError) => void = () => undefined;

  constructor() {
    this.lasting = new Promise<never>((_resolve, reject) => (this.#end = reject));
    // It may come before anybody waits for it.
    this.lasting.catch(() => undefined);
  }

  readonly tell = (cause: unknown): void => {
    if (cause instanceof AppendFailedError) this.#end(cause);
  };
}
