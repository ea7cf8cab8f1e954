import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdjoinInput } from './input';
import { deliveries } from './lines';

/** What the input says when every click of a user is tried for every conversion of his; found without the layers. */
export interface Truth extends Totals {
  /** `ad|day` → clicks, cost, distinct users. */
  readonly days: Readonly<Record<string, readonly [clicks: number, cost: number, users: number]>>;
  /** A file with a line per conversion: see `Verdict`. */
  readonly verdicts: string;
}

export interface Totals {
  readonly clicks: number;
  readonly cost: number;
  readonly conversions: number;
  readonly duplicates: number;
  /** Clicks that R8 takes for repeated ones; the peers' oracle does not know them. */
  readonly repeated: number;
  readonly repeated_cost: number;
  /** Conversions by class when every click is known, however late. */
  readonly direct: number;
  readonly indirect: number;
  readonly organic: number;
  /** Conversions that a click later than B would win. */
  readonly contended: number;
}

/** What may be said of a conversion. */
export interface Verdict {
  readonly id: string;
  readonly type: 'order' | 'payment';
  readonly day: number;
  readonly amount: number;
  /** The best click that came in time first, the best of all last; between them late ones that are better than the first. */
  readonly winners: readonly { readonly click: string; readonly class: string; readonly ad: string }[];
}

const WINDOW_MS = 14 * 86_400_000;
const LATENESS_MS = 3 * 3_600_000;
const REPEATED_MS = 2_000;
/** Asia/Shanghai has had no summer time since 1991. */
const ZONE_MS = 8 * 3_600_000;
export const dayOf = (time_ms: number): number => Math.floor((time_ms + ZONE_MS) / 86_400_000);

/** Finds the truth, if nobody has yet. */
export async function totalsOf(input: AdjoinInput): Promise<Totals> {
  const { days: _days, verdicts: _verdicts, ...totals } = await truthOf(input);
  return totals;
}

/** The truth about an input, from a file if it was found before. */
export async function truthOf(input: AdjoinInput): Promise<Truth> {
  const folder = join(tmpdir(), 'millrace-bench');
  const file = join(folder, `truth-2-${input.fingerprint}.json`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const truth = await found(input, join(folder, `verdicts-${input.fingerprint}.tsv`));
    writeFileSync(`${file}.draft`, JSON.stringify(truth));
    renameSync(`${file}.draft`, file);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Truth;
}

export const verdictOf = (line: string): Verdict => {
  const [id = '', type = '', day = '', amount = '', ...rest] = line.split('\t');
  const winners = rest.map((text) => {
    const [click = '', class_ = '', ad = ''] = text.split(' ');
    return { click, class: class_, ad };
  });
  return { id, type: type === 'order' ? 'order' : 'payment', day: Number(day), amount: Number(amount), winners };
};

interface Event {
  readonly event_id: string;
  readonly source: string;
  readonly type: string;
  readonly event_time: number;
  readonly user_id: string;
  readonly ad_id: string | null;
  readonly merchant_id: string;
  readonly item_id: string;
  readonly cost_minor: number;
  readonly amount_minor: number;
}

/** Events as columns: twenty million of them must fit. Texts are numbers of a list; identities are kept by their text. */
class Events {
  readonly time: Float64Array;
  readonly watermark: Float64Array;
  readonly amount: Float64Array;
  readonly user: Uint32Array;
  readonly merchant: Uint32Array;
  readonly item: Uint32Array;
  readonly ad: Uint32Array;
  readonly kind: Uint8Array;
  readonly source: Uint8Array;
  readonly ids: Buffer;
  readonly idAt: Float64Array;
  length = 0;
  #idBytes = 0;

  constructor(readonly capacity: number) {
    this.time = new Float64Array(capacity);
    this.watermark = new Float64Array(capacity);
    this.amount = new Float64Array(capacity);
    this.user = new Uint32Array(capacity);
    this.merchant = new Uint32Array(capacity);
    this.item = new Uint32Array(capacity);
    this.ad = new Uint32Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.source = new Uint8Array(capacity);
    this.ids = Buffer.alloc(capacity * 40);
    this.idAt = new Float64Array(capacity + 1);
  }

  keepId(id: string): void {
    this.#idBytes += this.ids.write(id, this.#idBytes, 'latin1');
    this.idAt[this.length + 1] = this.#idBytes;
  }

  id(i: number): string {
    return this.ids.toString('latin1', this.idAt[i], this.idAt[i + 1]);
  }
}

const KINDS = ['click', 'order', 'payment'] as const;

async function found(input: AdjoinInput, verdicts: string): Promise<Truth> {
  const events = new Events(input.events);
  const texts = { user: new Names(), merchant: new Names(), item: new Names(), ad: new Names(), source: new Names() };
  let latest_ms = -Infinity;
  for (const line of deliveries(input.folder, input.parts)) {
    const event = JSON.parse(line) as Event;
    const n = events.length;
    const kind = KINDS.indexOf(event.type as (typeof KINDS)[number]);
    if (kind < 0 || n >= events.capacity) throw new Error(`not an input of this workload: ${line}`);
    events.time[n] = event.event_time;
    events.kind[n] = kind;
    events.user[n] = texts.user.of(event.user_id);
    events.merchant[n] = texts.merchant.of(event.merchant_id);
    events.item[n] = texts.item.of(event.item_id);
    events.ad[n] = texts.ad.of(event.ad_id ?? '');
    events.source[n] = texts.source.of(event.source);
    events.amount[n] = kind === 0 ? event.cost_minor : event.amount_minor;
    // Of a late one: where a watermark that lags behind the latest event by B stood when it came.
    if (event.event_time > latest_ms) latest_ms = event.event_time;
    events.watermark[n] = event.event_time < latest_ms - LATENESS_MS ? latest_ms - LATENESS_MS : -Infinity;
    events.keepId(event.event_id);
    events.length++;
  }

  const days = new Map<string, [number, number, number]>();
  const total = { clicks: 0, cost: 0, conversions: 0, duplicates: 0, repeated: 0, repeated_cost: 0, contended: 0 };
  const classes = { direct: 0, indirect: 0, organic: 0 };
  const out = createWriteStream(verdicts);
  for (const all of byUser(events, texts.user.size)) {
    const mine = withoutDuplicates(events, all);
    total.duplicates += all.length - mine.length;
    const everyClick = mine.filter((i) => events.kind[i] === 0);
    const clicks = withoutRepeated(events, everyClick, texts.source);
    total.repeated += everyClick.length - clicks.length;
    const costOf = (of: readonly number[]): number => of.reduce((sum, c) => sum + (events.amount[c] ?? 0), 0);
    total.repeated_cost += costOf(everyClick) - costOf(clicks);
    const seen = new Set<string>();
    for (const c of clicks) {
      total.clicks++;
      total.cost += events.amount[c] ?? 0;
      const key = `${texts.ad.text(events.ad[c])}|${dayOf(events.time[c] ?? 0)}`;
      const row = days.get(key) ?? [0, 0, 0];
      days.set(key, row);
      row[0]++;
      row[1] += events.amount[c] ?? 0;
      if (!seen.has(key)) row[2]++;
      seen.add(key);
    }
    let text = '';
    for (const v of mine) {
      if (events.kind[v] === 0) continue;
      total.conversions++;
      const may = winnersOf(events, v, clicks, texts.source);
      if (may.length > 1) total.contended++;
      classes[may.at(-1)?.class ?? 'organic']++;
      const winners = may
        .map(({ click, class: class_ }) =>
          click === null ? '- organic -' : `${events.id(click)} ${class_} ${texts.ad.text(events.ad[click])}`,
        )
        .join('\t');
      text += `${events.id(v)}\t${KINDS[events.kind[v] ?? 0]}\t${dayOf(events.time[v] ?? 0)}\t${events.amount[v]}\t${winners}\n`;
    }
    if (text !== '' && !out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return { ...total, ...classes, days: Object.fromEntries(days), verdicts };
}

/** The events of each user, by (time, source, id). */
function* byUser(events: Events, users: number): Generator<number[]> {
  const start = new Uint32Array(users + 1);
  const raise = (numbers: Uint32Array, at: number, by: number): number => (numbers[at] = (numbers[at] ?? 0) + by);
  for (let i = 0; i < events.length; i++) raise(start, (events.user[i] ?? 0) + 1, 1);
  for (let u = 0; u < users; u++) raise(start, u + 1, start[u] ?? 0);
  const at = start.slice(0, users);
  const by = new Uint32Array(events.length);
  for (let i = 0; i < events.length; i++) by[raise(at, events.user[i] ?? 0, 1) - 1] = i;
  for (let u = 0; u < users; u++) yield [...by.subarray(start[u], start[u + 1])];
}

/** The first delivery of each (type, source, id). */
function withoutDuplicates(events: Events, all: readonly number[]): number[] {
  const seen = new Set<string>();
  return all.filter((i) => {
    const identity = `${events.kind[i]}|${events.source[i]}|${events.id(i)}`;
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}

/** R8: clicks that another of the same user on the same ad precedes by at most 2 s, itself repeated or not, do not count. */
function withoutRepeated(events: Events, clicks: readonly number[], sources: Names): number[] {
  const sorted = [...clicks].sort((a, b) => inOrder(events, a, b, sources));
  const last = new Map<number, number>();
  return sorted.filter((c) => {
    const ad = events.ad[c] ?? 0;
    const before_ms = last.get(ad) ?? -Infinity;
    last.set(ad, events.time[c] ?? 0);
    return (events.time[c] ?? 0) - before_ms > REPEATED_MS;
  });
}

interface Winner {
  readonly click: number | null;
  readonly class: 'direct' | 'indirect' | 'organic';
}

/** R3 and R4, by trying all. */
function winnersOf(events: Events, v: number, clicks: readonly number[], sources: Names): Winner[] {
  const time = events.time[v] ?? 0;
  const candidates = clicks
    .filter((c) => events.merchant[c] === events.merchant[v] && (events.time[c] ?? 0) <= time)
    .map((click): Winner => {
      const at = events.time[click] ?? 0;
      const direct = events.item[click] === events.item[v] && dayOf(at) === dayOf(time);
      return { click, class: direct ? 'direct' : time - at <= WINDOW_MS ? 'indirect' : 'organic' };
    })
    .filter((one) => one.class !== 'organic')
    .sort((a, b) => (a.class === b.class ? inOrder(events, a.click ?? 0, b.click ?? 0, sources) : a.class === 'direct' ? 1 : -1));
  const inTime = candidates.findLastIndex(({ click }) => (events.watermark[click ?? 0] ?? 0) < time);
  const first: Winner = candidates[inTime] ?? { click: null, class: 'organic' };
  return [first, ...candidates.slice(inTime + 1)];
}

/** Order of events: time, source, id. */
function inOrder(events: Events, a: number, b: number, sources: Names): number {
  const [at, bt] = [events.time[a] ?? 0, events.time[b] ?? 0];
  if (at !== bt) return at - bt;
  const [left, right] = [sources.text(events.source[a]), sources.text(events.source[b])];
  if (left !== right) return left < right ? -1 : 1;
  return events.id(a) < events.id(b) ? -1 : 1;
}

/** Texts by number. */
class Names {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  get size(): number {
    return this.#texts.length;
  }
  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }
  text(number: number | undefined): string {
    return this.#texts[number ?? -1] ?? '';
  }
}
