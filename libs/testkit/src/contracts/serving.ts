import type { ServingEntry, ServingStore } from '@millrace/stream';

export interface ServingSubject {
  readonly store: ServingStore;
  /** Lets time pass for the store. */
  readonly pass: (ms: number) => Promise<void>;
  readonly now_ms: () => number;
  readonly dispose: () => Promise<void>;
}

const MINUTE_MS = 60_000;

/** What every ServingStore does (ports.ts). `open` gives an empty one. */
export function servingContract(name: string, open: () => Promise<ServingSubject>): void {
  describe(`${name} as a ServingStore`, () => {
    let subject: ServingSubject;
    let store: ServingStore;
    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });
    afterEach(() => subject.dispose());

    const entry = (key: string, version: number, value: number): ServingEntry => ({
      key,
      version,
      value: Uint8Array.from([value, 0, 255]),
      expires_ms: subject.now_ms() + MINUTE_MS,
    });
    const firsts = async (...keys: string[]): Promise<(number | null)[]> =>
      (await store.get(keys)).map((found) => found?.value[0] ?? null);

    it('answers in the order of the keys, null where nothing stands', async () => {
      await store.put([entry('a', 1, 10), entry('b', 1, 20)]);
      expect(await firsts('b', 'missing', 'a')).toEqual([20, null, 10]);
      expect([...((await store.get(['a']))[0]?.value ?? [])]).toEqual([10, 0, 255]);
    });

    it('overwrites with a higher version only (D4)', async () => {
      await store.put([entry('a', 2, 1)]);
      await store.put([entry('a', 1, 99)]);
      expect(await firsts('a')).toEqual([1]);
      await store.put([entry('a', 2, 99)]);
      expect(await firsts('a')).toEqual([1]);
      await store.put([entry('a', 3, 2), entry('a', 1, 99)]);
      expect(await firsts('a')).toEqual([2]);
    });

    it('drops a value after its time, whatever its version was', async () => {
      await store.put([entry('a', 9, 1)]);
      await subject.pass(MINUTE_MS + 1);
      expect(await firsts('a')).toEqual([null]);
      await store.put([entry('a', 1, 2)]);
      expect(await firsts('a')).toEqual([2]);
    });
  });
}
