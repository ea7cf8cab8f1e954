import type { RawRecord } from '@millrace/stream';
import { PartitionFeed } from './feed';
import { LooseRecords } from './records';

const AT = { topic: 'fed', partition: 0 };
const record = (offset: number, bytes = 1): RawRecord => ({ offset, timestamp_ms: 1, key: null, value: new Uint8Array(bytes) });
const feedFrom = (offset: number, { dense = true, bound_bytes = 100 } = {}): PartitionFeed => {
  const feed = new PartitionFeed(AT, dense, bound_bytes);
  feed.seek(offset);
  return feed;
};
const delivery = (offsets: readonly number[], next = (offsets.at(-1) ?? 0) + 1, bytes = 1) => ({
  runs: offsets.length === 0 ? [] : [new LooseRecords(offsets.map((offset) => record(offset, bytes)))],
  first: offsets[0] ?? next - 1,
  next,
  end: next,
  began_ms: 0,
});
const offsets = (feed: PartitionFeed, max_bytes = 1000): number[] =>
  (feed.take(max_bytes)?.records ?? []).map(({ offset }) => offset);

describe('the records of a partition between the client and its reader', () => {
  it('are given in order, over deliveries, by bytes, and one at least', () => {
    const feed = feedFrom(5);
    feed.accept(delivery([5, 6]));
    feed.accept(delivery([7, 8]));
    expect(offsets(feed, 3)).toEqual([5, 6, 7]);
    expect(offsets(feed, 0)).toEqual([8]);
    expect(feed.take(1)).toBeNull();
    expect(feed.head).toBe(9);
  });

  it('are no more than the bound, as long as the client heeds it', () => {
    const feed = feedFrom(0, { bound_bytes: 10 });
    feed.accept(delivery([0], 1, 9));
    expect(feed.full).toBe(false);
    feed.accept(delivery([1], 2, 9));
    expect(feed.full).toBe(true);
    feed.take(1);
    expect(feed.full).toBe(false);
  });

  it('are none before the reader has said from where', () => {
    const feed = new PartitionFeed(AT, true, 10);
    expect(feed.full).toBe(true);
  });

  it.each([
    ['begin too late', [7, 8]],
    ['begin too early: the log was made anew', [3, 4]],
    ['leave one out', [5, 7]],
  ])('certainly are not whole if they %s (D7)', (_, found) => {
    const feed = feedFrom(5);
    expect(feed.doubt(delivery(found))).toEqual({ expected: 5, certain: true });
  });

  it('of a topic of others may leave some out, and are doubted only where they begin too late', () => {
    const feed = feedFrom(5, { dense: false });
    expect(feed.doubt(delivery([5, 7]))).toBeNull();
    feed.accept(delivery([5, 7]));
    expect(feed.doubt(delivery([10]))).toEqual({ expected: 8, certain: false });
    feed.accept(delivery([10]));
    expect(offsets(feed)).toEqual([5, 7, 10]);
    expect(feed.doubt(delivery([2]))).toEqual({ expected: 11, certain: true });
  });

  it('may be none, where a fetch found nothing but control records', () => {
    const feed = feedFrom(5, { dense: false });
    expect(feed.doubt(delivery([], 6))).toBeNull();
    feed.accept(delivery([], 6));
    expect(feed.next).toBe(6);
    expect(feed.waits).toBe(false);
    // The next transaction: a record, and again what ends it.
    expect(feed.doubt(delivery([6], 8))).toBeNull();
    feed.accept(delivery([6], 8));
    expect(offsets(feed)).toEqual([6]);
    expect(feed.next).toBe(8);
  });
});
