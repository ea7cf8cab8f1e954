import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import type { Fact } from '@millrace/ads';
import { closeSync, createReadStream, openSync, readFileSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AdjoinInput } from './input';
import { type Truth, truthOf, verdictOf } from './oracle';

/** What a run left behind for its check. */
export interface Answers {
  /** Frames of dwd.fact, each behind its length (UInt32LE). */
  readonly facts: string;
  /** JSON: `ad|day` → sums, as the summaries say them. */
  readonly rows: string;
  /** Metrics that the summaries have. */
  readonly metrics: readonly string[];
}

export interface Found {
  readonly clicks: number;
  readonly cost: number;
  readonly conversions: number;
  readonly direct: number;
  readonly indirect: number;
  readonly organic: number;
  /** Conversions whose click is the best of all, and those whose better ones came later than B. */
  readonly equal_to_ideal: number;
  readonly explained_by_lateness: number;
  readonly wrong: number;
  readonly rows: number;
  readonly rows_wrong: number;
  /** Clicks that R8 does not count. */
  readonly repeated: number;
  readonly corrections: number;
}

interface Credit {
  readonly winner: string;
  readonly class: string;
}

export const checkRun = async ({ answers, input }: { readonly answers: Answers; readonly input: AdjoinInput }) =>
  check(answers, await truthOf(input));

/** Conversion by conversion, ad by ad and day by day; not measured, in a process of its own. */
export async function check(answers: Answers, truth: Truth): Promise<{ correct: boolean; found: Found }> {
  const standing = new Map<string, Credit>();
  const sums = { clicks: 0, cost: 0, corrections: 0 };
  for (const fact of factsOf(answers.facts)) take(fact, standing, sums);

  const expected = new Map<string, Record<string, number>>();
  const raise = (ad: string, day: number, name: string, by: number): void => {
    const key = `${ad}|${day}`;
    const row = expected.get(key) ?? {};
    expected.set(key, row);
    row[name] = (row[name] ?? 0) + by;
  };
  for (const [key, [clicks, cost, click_uv]] of Object.entries(truth.days)) expected.set(key, { clicks, cost, click_uv });
  const counts = { direct: 0, indirect: 0, organic: 0, ideal: 0, explained: 0, wrong: 0 };
  for await (const line of createInterface({ input: createReadStream(truth.verdicts) })) {
    const { id, type, day, amount, winners } = verdictOf(line);
    const said = standing.get(id);
    const agreed = winners.findLastIndex(({ click, class: class_ }) => click === said?.winner && class_ === said.class);
    if (agreed < 0) {
      if (counts.wrong++ < 5)
        process.stderr.write(`wrong: ${id} got ${JSON.stringify(said)}, may be ${JSON.stringify(winners)}\n`);
      continue;
    }
    if (agreed === winners.length - 1) counts.ideal++;
    else counts.explained++;
    const winner = winners[agreed];
    if (winner === undefined) continue;
    counts[winner.class as 'direct']++;
    if (winner.class === 'organic') continue;
    raise(winner.ad, day, `${type}s_${winner.class}`, 1);
    if (type === 'payment') raise(winner.ad, day, `gmv_${winner.class}`, amount);
  }
  const written = new Map(
    Object.entries(JSON.parse(readFileSync(answers.rows, 'utf8')) as Record<string, Record<string, number>>),
  );
  const rowsWrong = differing(written, expected, answers.metrics);

  const found: Found = {
    clicks: sums.clicks,
    cost: sums.cost,
    conversions: standing.size,
    direct: counts.direct,
    indirect: counts.indirect,
    organic: counts.organic,
    equal_to_ideal: counts.ideal,
    explained_by_lateness: counts.explained,
    wrong: counts.wrong,
    rows: written.size,
    rows_wrong: rowsWrong,
    repeated: truth.repeated,
    corrections: sums.corrections,
  };
  const correct =
    counts.wrong === 0 &&
    rowsWrong === 0 &&
    sums.clicks === truth.clicks &&
    sums.cost === truth.cost &&
    standing.size === truth.conversions &&
    counts.ideal + counts.explained === truth.conversions;
  return { correct, found };
}

function take(fact: Fact, standing: Map<string, Credit>, sums: { clicks: number; cost: number; corrections: number }): void {
  const { kind, sign, event_id, click_id, attribution, amount_minor } = fact;
  if (kind === 'click') {
    sums.clicks += sign;
    sums.cost += sign * amount_minor;
    return;
  }
  if (kind !== 'order' && kind !== 'payment') return;
  const credit = { winner: click_id ?? '-', class: attribution ?? '' };
  if (sign === 1) {
    if (standing.has(event_id)) throw new Error(`${event_id} is credited twice`);
    standing.set(event_id, credit);
    return;
  }
  const held = standing.get(event_id);
  if (held?.winner !== credit.winner || held.class !== credit.class)
    throw new Error(`${event_id}: what is taken back does not stand`);
  standing.delete(event_id);
  sums.corrections++;
}

function differing(
  written: ReadonlyMap<string, Record<string, number>>,
  expected: ReadonlyMap<string, Record<string, number>>,
  metrics: readonly string[],
): number {
  let wrong = 0;
  for (const key of new Set([...written.keys(), ...expected.keys()])) {
    const [is, should] = [written.get(key) ?? {}, expected.get(key) ?? {}];
    const differs = metrics.filter((name) => (is[name] ?? 0) !== (should[name] ?? 0));
    if (differs.length === 0) continue;
    if (wrong++ < 5) process.stderr.write(`wrong: ${key} ${JSON.stringify(is)} instead of ${JSON.stringify(should)}\n`);
  }
  return wrong;
}

function* factsOf(path: string): Generator<Fact> {
  const codec = new MsgpackFrameCodec();
  const file = openSync(path, 'r');
  const length = Buffer.alloc(4);
  try {
    while (readSync(file, length, 0, 4, null) === 4) {
      const bytes = Buffer.allocUnsafe(length.readUInt32LE(0));
      readSync(file, bytes, 0, bytes.length, null);
      // A frame's rows may be made as they are asked for.
      for (const row of codec.decode(bytes).rows) yield row as Fact;
    }
  } finally {
    closeSync(file);
  }
}
