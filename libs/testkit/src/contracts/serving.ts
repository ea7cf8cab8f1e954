import type { ServingEntry, ServingStore } from '@millrace/stream';

export interface ServingSubject {
  readonly store: ServingStore;
  /** Lets time pass for the store. */
  readonly pass: (ms: number) => Promise<void>;
  readonly now_ms: () => number;
  readonly dispose: () => Promise<void>;
}

/** Long against a round trip, short to wait for. */
const LIFE_MS = 1_500;

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

    const entry = (key: string, version: number, value: number, life_ms = 60_000): ServingEntry => ({
      key: `{p}:${key}`,
      version,
      value: Uint8Array.from([value, 0, 255]),
      expires_ms: subject.now_ms() + life_ms,
    });
    const named = (keys: readonly string[]): string[] => keys.map((key) => `{p}:${key}`);
    const firsts = async (...keys: string[]): Promise<(number | null)[]> =>
      (await store.get(named(keys))).map((found) => found?.value[0] ?? null);

    it('answers in the order of the keys, null where nothing stands', async () => {
      const a = entry('a', 1, 10);
      expect(await store.put([a, entry('b', 1, 20)], true)).toBe(true);
      expect(await firsts('b', 'missing', 'a')).toEqual([20, null, 10]);
      const [found] = await store.get(named(['a']));
      expect({ ...found, value: [...(found?.value ?? [])] }).toEqual({ ...a, value: [10, 0, 255] });
      expect(await store.get([])).toEqual([]);
    });

    it('overwrites with a higher version only (D4)', async () => {
      await store.put([entry('a', 2, 1)], true);
      await store.put([entry('a', 1, 99)]);
      expect(await firsts('a')).toEqual([1]);
      await store.put([entry('a', 2, 99)]);
      expect(await firsts('a')).toEqual([1]);
      await store.put([entry('a', 3, 2), entry('a', 1, 99)]);
      expect(await firsts('a')).toEqual([2]);
      // Of one call, too: what it has written stands.
      await store.put([entry('a', 5, 5), entry('a', 4, 99), entry('new', 5, 6), entry('new', 4, 99)]);
      expect(await firsts('a', 'new')).toEqual([5, 6]);
    });

    it('compares versions as numbers, through all safe integers', async () => {
      const ascending = [0, 9, 10, 255, 256, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER];
      await store.put([entry('other', 1, 1)], true);
      for (const [i, version] of ascending.entries()) {
        await store.put([entry('a', version, i)]);
        if (i > 0) await store.put([entry('a', ascending[i - 1] ?? 0, 99)]);
        expect(await firsts('a')).toEqual([i]);
        expect((await store.get(named(['a'])))[0]?.version).toBe(version);
      }
    });

    it('takes a fill as it takes changes: what is newer stays', async () => {
      await store.put([entry('a', 5, 5), entry('b', 5, 5)], true);
      await store.put([entry('a', 4, 4), entry('b', 6, 6), entry('c', 1, 1)], true);
      expect(await firsts('a', 'b', 'c')).toEqual([5, 6, 1]);
    });

    it('takes more entries than one call may have, of several partitions', async () => {
      const many = Array.from({ length: 9_000 }, (_, i) => ({ ...entry('', 1, i % 251), key: `{p${i % 3}}:${i}` }));
      expect(await store.put(many, true)).toBe(true);
      expect(await store.put(many.map((one) => ({ ...one, version: 2, value: Uint8Array.of(7) })))).toBe(true);
      const found = await store.get(many.map(({ key }) => key));
      expect(found.map((one) => [one?.key, one?.version, one?.value[0]])).toEqual(many.map(({ key }) => [key, 2, 7]));
    });

    it('keeps text of any language and any length of value', async () => {
      const values = [new Uint8Array(), Uint8Array.of(0), new Uint8Array(100_000).fill(13)];
      const entries = values.map((value, i) => ({ ...entry(`商家 "${i}" \r\n %`, 1, 0), value }));
      await store.put(entries, true);
      const found = await store.get(entries.map(({ key }) => key));
      expect(found.map((one) => Buffer.from(one?.value ?? []).equals(Buffer.from(values[found.indexOf(one)] ?? [])))).toEqual([true, true, true]);
    });

    it('drops a value after its time, whatever its version was', async () => {
      await store.put([entry('stays', 1, 1), entry('a', 9, 1, LIFE_MS)], true);
      expect(await firsts('a')).toEqual([1]);
      await subject.pass(LIFE_MS + 1);
      expect(await firsts('a')).toEqual([null]);
      await store.put([entry('a', 1, 2)]);
      expect(await firsts('a')).toEqual([2]);
    });
  });
}
