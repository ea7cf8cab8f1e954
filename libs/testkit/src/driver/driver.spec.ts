import type { Layer, Output, RawLayer } from '@millrace/stream';
import { ChainDriver, LayerDriver } from '..';

interface Word {
  readonly text: string;
  readonly time: number;
}

/** Splits lines of `time word word…`. */
const splitter: RawLayer = {
  name: 'splitter',
  inputs: ['raw.lines'],
  outputs: { word: 'words' },
  create: () => ({
    process({ value }, _from, out) {
      const [time, ...words] = String(value).split(' ');
      for (const text of words) out.emit('word', text, { text, time: Number(time) });
      return Number(time);
    },
  }),
};

/** Counts words, and says how often each was seen when the watermark passes 100. */
class Counting {
  readonly #counts = new Map<string, number>();
  #changed = false;

  process({ text }: Word): void {
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
    this.#changed = true;
  }
  advance(watermark_ms: number, out: Output): void {
    if (watermark_ms <= 100) return;
    for (const [text, count] of this.#counts) out.emit('count', text, { text, count });
    this.#counts.clear();
  }
  settle(): void {
    // Counts per row.
  }
  collect(position: number) {
    return this.#changed ? { blocks: [{ table: 'counts', columns: [], values: [[position]], rows: 1 }], serving: [] } : null;
  }
  acknowledge(): void {
    this.#changed = false;
  }
}
const counter: Layer = {
  name: 'counter',
  inputs: ['words'],
  outputs: { count: 'counts' },
  lateness_ms: 10,
  create: () => new Counting(),
};

describe('LayerDriver', () => {
  const words = (...texts: string[]): Word[] => texts.map((text, time) => ({ text, time }));

  it('feeds rows, moves time and reads results', () => {
    const driver = new LayerDriver<Word>(counter, { timeOf: ({ time }) => time });
    driver.feed('words', words('a', 'b', 'a'));
    expect(driver.tasks[0]?.clock_ms).toBe(2 - 10);
    expect(driver.taken('count')).toEqual([]);
    driver.advance(101);
    expect(driver.taken('count')).toEqual([
      { text: 'a', count: 2 },
      { text: 'b', count: 1 },
    ]);
    expect(driver.taken('count')).toEqual([]);
  });

  it('emits once what has changed', () => {
    const driver = new LayerDriver<Word>(counter).feed('words', words('a'));
    expect(driver.emit()).toHaveLength(1);
    expect(driver.emit()).toEqual([]);
  });

  it.each([
    [1, 1, 1],
    [3, 2, 1],
    [8, 100, 3],
  ])('gives the same with %i partitions, frames of %i rows and batches of %i records', (partitions, frame_rows, batch) => {
    const driver = new LayerDriver<Word>(counter, { keyOf: ({ text }) => text, partitions: () => partitions, frame_rows, batch });
    driver.feed('words', words(...'to be or not to be that is'.split(' '))).advance(200);
    const counts = driver.all<{ text: string; count: number }>('count').map(({ text, count }) => `${text} ${count}`);
    expect(counts.sort()).toEqual(['be 2', 'is 1', 'not 1', 'or 1', 'that 1', 'to 2']);
  });
});

describe('ChainDriver', () => {
  it.each([1, 3])('runs raw records through layers, %i partitions each', (partitions) => {
    const chain = new ChainDriver({ raw: [splitter], layers: [counter], partitions: () => partitions, batch: 2 });
    for (let partition = 0; partition < partitions; partition++) {
      chain.append({ topic: 'raw.lines', partition }, [
        { value: '1 x y', timestamp_ms: 5 },
        { value: '2 x', timestamp_ms: 6 },
        { value: '3 z', timestamp_ms: 7 },
      ]);
    }
    chain.pump();
    expect(chain.rows('counts')).toEqual([]);
    // Only now has every raw partition been heard beyond 100 + 10.
    chain.idle(111);
    const counts = chain.rows<{ text: string; count: number }>('counts').map(({ text, count }) => `${text} ${count}`);
    expect(counts.sort()).toEqual([`x ${2 * partitions}`, `y ${partitions}`, `z ${partitions}`]);
  });
});
