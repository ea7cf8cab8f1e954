import { DEFAULT_RULES as rules, TOPICS } from '@millrace/ads';
import { createDwd } from '@millrace/layer-dwd';
import { createHash } from 'node:crypto';
import { LoadedParts, type Snapshotting } from '@millrace/stream';
import { clicksOver } from '../driven/clicks';
import { Driven, memory, sizeOf, type Timed } from '../driven/driven';
import { peakRss_mb } from '../harness/cpu';

export interface StateJob {
  /** In `WINDOW_DAYS` days. */
  readonly clicks: number;
  readonly days: number;
}

export interface StateAnswer {
  readonly us_per_event: number;
  readonly second_half: number;
  readonly events: number;
  readonly rss_mb: number;
  readonly correct: boolean;
  readonly bytes_per_click: { readonly memory: number; readonly snapshot: number };
  /** µs per event and memory of each tenth of the run: flat once the window is full. */
  readonly tenths: readonly { readonly us: number; readonly mb: number }[];
  readonly found: object;
}

const WINDOW_DAYS = 14;
const PIECE = 10_000;

/** Clicks as the peers' generator draws them, through DWD: what is held of each, in memory and in a snapshot. */
export async function state({ clicks, days }: StateJob): Promise<StateAnswer> {
  const total = Math.round((clicks * days) / WINDOW_DAYS);
  const clickAt = clicksOver({ clicks, days, total });

  // Its state is garbage when what counts begins.
  warmUp(clickAt, Math.min(5 * PIECE, clicks));
  const before = memory();
  const driven = new Driven(createDwd({ rules }), TOPICS.action);
  let facts = 0;
  let [spent_us, half_us] = [0, 0];
  let bytes_per_click = { memory: NaN, snapshot: NaN };
  const tenths: { us: number; mb: number }[] = [];
  let tenth_us = 0;
  for (let n = 0; n < total;) {
    const rows = Array.from({ length: Math.min(PIECE, total - n) }, (_, i) => clickAt(n + i));
    const us = driven.take(rows, (produced) => {
      for (const { frame } of produced) facts += frame.rows.length;
    });
    spent_us += us;
    tenth_us += us;
    n += rows.length;
    if (n - rows.length < total / 2 && n >= total / 2) half_us = spent_us;
    // Nothing is forgotten yet.
    if (n - rows.length < clicks && n >= Math.min(clicks, total))
      bytes_per_click = { memory: (memory() - before) / n, snapshot: sizeOf(driven.parts()) / n };
    const tenth = Math.floor((n / total) * 10);
    if (tenth > tenths.length) {
      tenths.push({ us: tenth_us / (total / 10), mb: Math.round((memory() - before) / 1e6) });
      tenth_us = 0;
    }
  }
  // What follows is the check's: a second copy of the state, beside all parts of a snapshot.
  const rss_mb = peakRss_mb();
  const parts = driven.parts();
  const digests = digestsOf(driven);
  const copy = driven.fresh();
  (copy.task.operator as unknown as Snapshotting).restore(
    new LoadedParts(new Map(parts.map((part) => [part.name, Buffer.concat([...part.capture()])]))),
    (driven.task.operator as unknown as Snapshotting).layout,
  );
  const alike = digestsOf(copy) === digests;
  return {
    us_per_event: spent_us / total,
    second_half: (spent_us - half_us) / (total / 2),
    events: total,
    rss_mb,
    // A repeated click (R8) is taken without one.
    correct: facts > total * 0.999 && alike,
    bytes_per_click,
    tenths,
    found: { facts, restored_alike: alike },
  };
}

function warmUp(clickAt: (n: number) => Timed, count: number): void {
  new Driven(createDwd({ rules }), TOPICS.action).take(Array.from({ length: count }, (_, n) => clickAt(n)));
}

function digestsOf(driven: Driven): string {
  const hash = createHash('sha256');
  for (const part of driven.parts()) {
    hash.update(part.name);
    for (const chunk of part.capture()) hash.update(chunk);
  }
  return hash.digest('hex');
}
