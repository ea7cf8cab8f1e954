import { type Log, LogGapError, type TopicPartition } from '@millrace/stream';

export interface LogSubject {
  readonly log: Log;
  /** Retention: what lies before the offset may go. */
  readonly truncate: (of: TopicPartition, offset: number) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | null): string | null => (value === null ? null : new TextDecoder().decode(value));
const P0: TopicPartition = { topic: 'contract', partition: 0 };
const P1: TopicPartition = { topic: 'contract', partition: 1 };
const MANY_BYTES = 1 << 20;
/** A bound, not a measure: far beyond what a coordinator takes. */
const SHARED_WITHIN_MS = 60_000;

/** What every Log does (ports.ts). `open` gives an empty one. */
export function logContract(name: string, open: () => Promise<LogSubject>): void {
  describe(`${name} as a Log`, () => {
    let subject: LogSubject;
    let log: Log;
    beforeEach(async () => {
      subject = await open();
      log = subject.log;
      await log.ensure('contract', 2);
    });
    afterEach(() => subject.dispose());

    const append = (to: TopicPartition, ...values: string[]): Promise<void> =>
      log.append([{ to, records: values.map((value) => ({ value: bytes(value) })) }]);
    /** A fetch may give less than there is: everything takes several. */
    const values = async (from: TopicPartition, offset: number): Promise<(string | null)[]> => {
      const found: (string | null)[] = [];
      for (;;) {
        const { records } = await log.read(from, offset + found.length, MANY_BYTES);
        if (records.length === 0) return found;
        found.push(...records.map(({ value }) => text(value)));
      }
    };

    it('makes a topic once, and refuses another number of partitions', async () => {
      await log.ensure('contract', 2);
      expect(log.partitions('contract')).toBe(2);
      await expect(log.ensure('contract', 3)).rejects.toThrow(/contract has 2 partitions, not 3/);
      expect(() => log.partitions('unknown')).toThrow(/unknown/);
    });

    it('numbers the records of each partition from 0, in the order of appending', async () => {
      await append(P0, 'a', 'b');
      await append(P1, 'x');
      await append(P0, 'c');
      expect(await values(P0, 0)).toEqual(['a', 'b', 'c']);
      const { records, end } = await log.read(P0, 2, MANY_BYTES);
      expect(records.map(({ offset, value }) => [offset, text(value)])).toEqual([[2, 'c']]);
      expect(end).toBe(3);
      expect(await values(P1, 0)).toEqual(['x']);
      expect(await log.bounds(P0)).toEqual({ start: 0, end: 3 });
    });

    it('keeps the order of appends that were not awaited', async () => {
      await Promise.all(Array.from({ length: 50 }, (_, i) => append(P0, String(i))));
      expect(await values(P0, 0)).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
    });

    it('gives back keys, headers and binary values, and the time of appending', async () => {
      const value = Uint8Array.from([0, 255, 128, 10, 13]);
      await log.append([
        {
          to: P0,
          records: [
            { key: bytes('k'), value, headers: { origin: 'é' } },
            { key: null, value: new Uint8Array() },
          ],
        },
      ]);
      const { records } = await log.read(P0, 0, MANY_BYTES);
      const [first, second] = records;
      expect(text(first?.key ?? null)).toBe('k');
      expect([...(first?.value ?? [])]).toEqual([...value]);
      expect(first?.headers).toEqual({ origin: 'é' });
      expect(second).toMatchObject({ key: null });
      expect(second?.value).toHaveLength(0);
      expect(second?.headers).toBeUndefined();
      expect(first?.timestamp_ms).toBeGreaterThan(0);
      expect(second?.timestamp_ms).toBe(first?.timestamp_ms);
    });

    it('reads from any offset, and nothing at the end', async () => {
      await append(P0, ...Array.from({ length: 100 }, (_, i) => `record ${i}`));
      expect(await values(P0, 97)).toEqual(['record 97', 'record 98', 'record 99']);
      expect(await log.read(P0, 100, MANY_BYTES)).toEqual({ records: [], end: 100 });
    });

    it('bounds a fetch by bytes, but always gives one record', async () => {
      await append(P0, ...Array.from({ length: 10 }, () => 'x'.repeat(1000)));
      expect((await log.read(P0, 0, 1)).records).toHaveLength(1);
      const some = (await log.read(P0, 0, 4500)).records.length;
      expect(some).toBeGreaterThanOrEqual(4);
      expect(some).toBeLessThanOrEqual(5);
    });

    it('never jumps: an offset outside the log is a gap (D7)', async () => {
      await append(P0, 'a', 'b', 'c', 'd');
      await subject.truncate(P0, 2);
      expect(await log.bounds(P0)).toEqual({ start: 2, end: 4 });
      expect(await values(P0, 2)).toEqual(['c', 'd']);
      await expect(log.read(P0, 1, MANY_BYTES)).rejects.toBeInstanceOf(LogGapError);
      await expect(log.read(P0, 5, MANY_BYTES)).rejects.toMatchObject({ at: P0, expected: 5, start: 2, end: 4 });
    });

    it('remembers the position of each group and partition', async () => {
      expect(await log.committed('g', P0)).toBe(0);
      await Promise.all([log.commit('g', P0, 7), log.commit('g', P1, 8), log.commit('h', P0, 9)]);
      await log.commit('g', P0, 10);
      expect(await Promise.all([log.committed('g', P0), log.committed('g', P1), log.committed('h', P0)])).toEqual([10, 8, 9]);
    });

    it('names the groups that hold a position', async () => {
      for (const group of ['g.1', 'g.0', 'h']) await log.commit(group, P0, 1);
      expect(await log.groups('g.')).toEqual(['g.0', 'g.1']);
      expect(await log.groups('none')).toEqual([]);
    });

    describe('members of a group', () => {
      const join = async (group: string, pinned?: (of: TopicPartition) => boolean) => {
        let own: readonly TopicPartition[] | null = null;
        const onAssigned = (partitions: readonly TopicPartition[]): void => {
          own = partitions;
        };
        const membership = await log.join({ group, topics: ['contract'], onAssigned, ...(pinned && { pinned }) });
        // Told before `join` resolved.
        expect(own).not.toBeNull();
        return { ...membership, own: () => (own ?? []).map(({ partition }) => partition).sort() };
      };
      type Joined = Awaited<ReturnType<typeof join>>;
      /** A coordinator may take its time. */
      const becomes = async (joined: Joined, expected: readonly number[]): Promise<void> => {
        const deadline_ms = Date.now() + SHARED_WITHIN_MS;
        while (joined.own().join() !== expected.join() && Date.now() < deadline_ms)
          await new Promise((turn) => setTimeout(turn, 5));
        expect(joined.own()).toEqual(expected);
      };
      const found = async (joined: Joined, from: TopicPartition, offset = 0): Promise<(string | null)[]> => {
        const deadline_ms = Date.now() + SHARED_WITHIN_MS;
        for (;;) {
          const { records } = await joined.read(from, offset, MANY_BYTES);
          if (records.length > 0 || Date.now() > deadline_ms) return records.map(({ value }) => text(value));
        }
      };

      it('share its partitions, each for itself, and take over from one who leaves', async () => {
        await append(P0, 'a');
        await append(P1, 'x');
        const first = await join('shared');
        await becomes(first, [0, 1]);
        expect(await found(first, P1)).toEqual(['x']);
        const second = await join('shared');
        while (first.own().length !== 1 || second.own().length !== 1) await new Promise((turn) => setTimeout(turn, 5));
        expect([...first.own(), ...second.own()].sort()).toEqual([0, 1]);
        await first.leave();
        await becomes(second, [0, 1]);
        expect(await found(second, P0)).toEqual(['a']);
        await second.leave();
      });

      it('a pinned one has what it pins, and nothing else', async () => {
        const [even, odd] = [
          await join('pins.0', ({ partition }) => partition === 0),
          await join('pins.1', ({ partition }) => partition === 1),
        ];
        await becomes(even, [0]);
        await becomes(odd, [1]);
        await even.leave();
        expect(odd.own()).toEqual([1]);
        await odd.leave();
      });

      it('the newest who pins a partition has it; the older one reads nothing of it and moves no position', async () => {
        await append(P0, 'a', 'b');
        const pins = ({ partition }: TopicPartition): boolean => partition === 0;
        const old = await join('pins.0', pins);
        await becomes(old, [0]);
        await old.commit(P0, 1);
        const young = await join('pins.0', pins);
        await becomes(young, [0]);
        await becomes(old, []);
        expect(await found(young, P0, 1)).toEqual(['b']);
        expect((await old.read(P0, 0, MANY_BYTES)).records).toEqual([]);
        await young.commit(P0, 2);
        await old.commit(P0, 1);
        expect(await log.committed('pins.0', P0)).toBe(2);
        await old.leave();
        expect(young.own()).toEqual([0]);
        await young.leave();
      });

      it('a gap is a gap for a member, too (D7)', async () => {
        await append(P0, 'a', 'b', 'c');
        await subject.truncate(P0, 2);
        const member = await join('shared');
        await becomes(member, [0, 1]);
        await expect(member.read(P0, 1, MANY_BYTES)).rejects.toBeInstanceOf(LogGapError);
        await member.leave();
      });
    });
  });
}
