import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Baseline } from './baseline';

const runs = (...figures: number[]) => figures.map((us_per_event) => ({ us_per_event, events: 1, correct: true }));

describe('a baseline', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'millrace-bench-spec-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is compared by the smallest run, with a tolerance, as fast as the machine is', () => {
    const path = join(folder, 'baseline.json');
    const kept = new Baseline(path, 0.25);
    kept.keep('a', runs(12, 10, 11), { yardstick_us: 100, node: 'v20', commit: 'abc' });
    kept.save();
    const baseline = new Baseline(path, 0.25);
    expect(baseline.compare('a', runs(12.4, 30), 100)).toMatchObject({ before: 10, now: 12.4, regressed: false });
    expect(baseline.compare('a', runs(12.6, 30), 100)).toMatchObject({ regressed: true });
    // A machine that is half as fast just now.
    expect(baseline.compare('a', runs(20), 200)).toMatchObject({ ratio: 1, regressed: false });
    expect(baseline.compare('b', runs(20), 200)).toBeNull();
  });
});
