import { readAtOnePosition, type Reading } from './store';
import { ScriptedOlap } from './testing/doubles';

let pauses = 0;
beforeEach(() => (pauses = 0));
const reading: Reading = {
  rows: { sql: 'SELECT 1', params: {} },
  progress: { sql: 'SELECT 2', params: { window: 'progress' } },
  pause: async () => void pauses++,
};
const progress = (position: number, watermark = 1_000) => [
  { partition: 0, position, watermark },
  { partition: 1, position: 5, watermark: 2_000 },
];

describe('reading at one position', () => {
  test('the as-of is the least watermark, and every position', async () => {
    const olap = new ScriptedOlap();
    olap.progress = [progress(7)];
    const { at } = await readAtOnePosition(olap, reading);
    expect(at).toEqual({
      watermark_ms: 1_000,
      partitions: new Map([
        [0, 7],
        [1, 5],
      ]),
    });
  });

  test('rows are read again when an emission came between', async () => {
    const olap = new ScriptedOlap();
    olap.progress = [progress(7), progress(8), progress(8)];
    const { at } = await readAtOnePosition(olap, reading);
    expect(at.partitions.get(0)).toBe(8);
    expect(olap.asked).toHaveLength(2);
  });

  test('it gives up with a refusal when the numbers never stand still', async () => {
    const olap = new ScriptedOlap();
    olap.progress = Array.from({ length: 20 }, (_, position) => progress(position));
    await expect(readAtOnePosition(olap, reading)).rejects.toMatchObject({ code: 'store-unavailable' });
  });

  test('rows of an emission that is not yet vouched for are read again when it is', async () => {
    const olap = new ScriptedOlap();
    const ahead = progress(7).map((row) => ({ ...row, ahead: row.partition === 0 ? 1 : 0 }));
    olap.progress = [progress(7), ahead, ahead, progress(8), progress(8)];
    const { at } = await readAtOnePosition(olap, reading);
    expect(at.partitions.get(0)).toBe(8);
    expect(pauses).toBe(2);
  });

  test('an emission that was broken off leaves what it touched without an answer', async () => {
    const olap = new ScriptedOlap();
    olap.progress = [progress(7).map((row) => ({ ...row, ahead: 1 }))];
    await expect(readAtOnePosition(olap, reading)).rejects.toMatchObject({ code: 'store-unavailable' });
  });

  test('the watermark is unknown while one partition has heard nothing', async () => {
    const olap = new ScriptedOlap();
    olap.progress = [progress(7, 0)];
    expect((await readAtOnePosition(olap, reading)).at.watermark_ms).toBeNull();
    olap.progress = [[]];
    expect((await readAtOnePosition(olap, reading)).at).toEqual({ watermark_ms: null, partitions: new Map() });
  });
});
