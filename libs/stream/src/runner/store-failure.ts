import type { SnapshotStore } from '../ports';

/** A store of copies that does not answer: what it lacks is copied later, and nothing waits for that. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  constructor(override readonly cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The same store, whose errors are told from those of the volume that is copied from. */
export const asked = (store: SnapshotStore): SnapshotStore => ({
  list: (prefix) => told(() => store.list(prefix)),
  get: (name, into) => told(() => store.get(name, into)),
  delete: (name) => told(() => store.delete(name)),
  put: (name, content) => told(() => store.put(name, content)),
});

const told = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await ask();
  } catch (error) {
    throw new StoreFailure(error);
  }
};
