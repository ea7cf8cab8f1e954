import { MemoryLog, ManualClock } from '@millrace/adapters/memory';
import { type Notice, TOPICS } from '@millrace/ads';
import { setImmediate as turn } from 'node:timers/promises';
import { followNotices, noticesOf, sendNotices } from './notices';

const PARTITIONS = 3;
const emitted = (partition: number, position: number, watermark_ms: number, layer = 'dws') => ({
  layer,
  input: { topic: TOPICS.fact, partition },
  position,
  watermark_ms,
});

describe('notices by way of the log', () => {
  const clock = new ManualClock(1_000_000);
  let log: MemoryLog;
  let stop: AbortController;
  beforeEach(async () => {
    log = new MemoryLog(clock);
    await log.ensure(TOPICS.notice, PARTITIONS);
    stop = new AbortController();
  });
  afterEach(() => stop.abort());

  const follow = async (over: Pick<MemoryLog, 'bounds' | 'read' | 'partitions'> = log) => {
    const heard: Notice[] = [];
    const failures: unknown[] = [];
    await followNotices(over, {
      clock,
      signal: stop.signal,
      onNotice: (notice) => heard.push(notice),
      onFailure: (error) => failures.push(error),
    });
    return { heard, failures };
  };
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) {
      clock.advance(100);
      await turn();
    }
  };

  it('are of DWS alone, and an unknown watermark is none', () => {
    expect(noticesOf('dws', [emitted(0, 7, -Infinity), emitted(1, 8, 5, 'archive')])).toEqual([
      { partition: 0, position: 7, watermark_ms: null },
    ]);
  });

  it('reach every instance, of every partition, from when it began to follow', async () => {
    await sendNotices(log, [{ partition: 1, position: 1, watermark_ms: 1 }]);
    const instances = [await follow(), await follow()];
    const sent = noticesOf('dws', [emitted(0, 10, 5_000), emitted(1, 20, 6_000), emitted(2, 30, 7_000)]);
    await sendNotices(log, sent);
    await until(() => instances.every(({ heard }) => heard.length === sent.length));
    for (const { heard, failures } of instances) {
      expect(heard.sort((a, b) => a.partition - b.partition)).toEqual(sent);
      expect(failures).toEqual([]);
    }
  });

  it('are followed again after a failure, from the end of the log', async () => {
    let fails = true;
    const read: MemoryLog['read'] = async (...of) => {
      if (fails) throw new Error('the log is away');
      return log.read(...of);
    };
    const { heard, failures } = await follow({
      read,
      bounds: (of) => log.bounds(of),
      partitions: (topic) => log.partitions(topic),
    });
    // Said once by each, however long it lasts.
    let tries = 0;
    await until(() => ++tries > 200);
    expect(failures).toHaveLength(log.partitions(TOPICS.notice));
    fails = false;
    await until(() => {
      void sendNotices(log, [{ partition: 2, position: 40, watermark_ms: null }]);
      return heard.length > 0;
    });
    expect(heard[0]).toEqual({ partition: 2, position: 40, watermark_ms: null });
  });
});
