import { logContract, servingContract } from '@millrace/testkit/contracts';
import { FrameReferences, ManualClock, MemoryLog, MemoryServingStore } from '.';

logContract('MemoryLog', async () => {
  const log = new MemoryLog(new ManualClock(1_000));
  return { log, truncate: (of, offset) => log.truncate(of, offset), dispose: () => log.close() };
});

servingContract('MemoryServingStore', async () => {
  const clock = new ManualClock(1_000);
  const store = new MemoryServingStore(clock);
  return { store, now_ms: () => clock.now_ms(), pass: async (ms) => clock.advance(ms), dispose: () => store.close() };
});

describe('FrameReferences', () => {
  const frame = { source: { topic: 'raw.events', partition: 0 }, rows: [{ id: 'a' }], offsets: [1], ordinals: [0], clocks: [5] };

  it('gives the reader the rows themselves, through a log', async () => {
    const log = new MemoryLog(new ManualClock(1_000));
    const to = { topic: 'ods.action', partition: 0 };
    await log.ensure(to.topic, 1);
    await log.append([{ to, records: [{ value: new FrameReferences().encode(frame) }] }]);
    const [record] = (await log.read(to, 0, 1 << 20)).records;
    expect(new FrameReferences().decode(record?.value ?? new Uint8Array()).rows[0]).toBe(frame.rows[0]);
  });

  it('refuses bytes, which another process has encoded', () => {
    expect(() => new FrameReferences().decode(new Uint8Array(3))).toThrow(
      "3 bytes where a frame was handed on by reference: this log's frames were encoded",
    );
  });
});

describe('MemoryServingStore', () => {
  it('does not grow with entries that have expired', async () => {
    const clock = new ManualClock();
    const store = new MemoryServingStore(clock);
    for (let day = 0; day < 5; day++) {
      await store.put(
        Array.from({ length: 10_000 }, (_, i) => ({
          key: `${day}/${i}`,
          version: 1,
          value: new Uint8Array(),
          expires_ms: clock.now_ms() + 10,
        })),
      );
      clock.advance(11);
    }
    expect(store.size).toBeLessThanOrEqual(10_000);
  });
});

describe('ManualClock', () => {
  it('wakes sleepers in the order of their times, and at once when aborted', async () => {
    const clock = new ManualClock();
    const woken: string[] = [];
    const abort = new AbortController();
    const sleeps = [
      clock.sleep(20).then(() => woken.push('20')),
      clock.sleep(10).then(() => woken.push('10')),
      clock.sleep(99, abort.signal).then(() => woken.push('aborted')),
    ];
    clock.advance(20);
    await Promise.all(sleeps.slice(0, 2));
    expect(woken).toEqual(['10', '20']);
    abort.abort();
    await sleeps[2];
    await clock.sleep(99, abort.signal);
    expect(woken).toEqual(['10', '20', 'aborted']);
  });
});
