import {
  type Emission,
  type Emitting,
  type Layer,
  type Operator,
  type RawLayer,
  type ServingEntry,
  type Snapshotting,
  statePart,
  type StateParts,
} from '@millrace/stream';
import { WINDOW_MS } from './input';

/** Of the application: the campaign and when its ad was viewed. */
interface View {
  readonly campaign_id: string;
  readonly event_time: number;
}

export const YSB_RAW = 'raw.ysb';
const VIEWS = 'ysb.view';
const VIEW = Buffer.from('"event_type":"view"');
const AD = Buffer.from('"ad_id":"');
const TIME = Buffer.from('"event_time":"');
const QUOTE = 0x22;
/** Values outlive the bench. */
const EXPIRES_MS = Date.UTC(2100, 0, 1);

/** Reads events, keeps views, and finds the campaign of the ad. */
export const views = (campaignOf: ReadonlyMap<string, string>): RawLayer => ({
  name: 'ysb-views',
  inputs: [YSB_RAW],
  outputs: { view: VIEWS },
  create: () => ({
    process({ value }, _from, out) {
      // Two of three events are no views, and of those that are two fields are needed: nothing else is read.
      const bytes = value as Buffer;
      if (bytes.indexOf(VIEW) < 0) return -Infinity;
      const campaign_id = campaignOf.get(textAfter(AD, bytes));
      const time = Number(textAfter(TIME, bytes));
      if (campaign_id !== undefined) out.emit('view', campaign_id, { campaign_id, event_time: time } satisfies View);
      return time;
    },
  }),
});

/** The text of a field as the benchmark writes it: no blanks, nothing escaped. */
const textAfter = (field: Buffer, bytes: Buffer): string => {
  const from = bytes.indexOf(field) + field.length;
  return bytes.toString('latin1', from, bytes.indexOf(QUOTE, from));
};

/** Counts views of a campaign in windows of ten seconds; what changed is written over what stood. */
class Counts implements Operator<View>, Emitting, Snapshotting {
  readonly layout = 1;
  /** Campaign → window → views. */
  readonly #counts = new Map<string, Map<number, number>>();
  readonly #changed = new Map<string, Set<number>>();
  /** A store takes changes on top of a fill: the first emission is one. */
  #complete = true;

  constructor(
    private readonly run: string,
    private readonly partition: number,
  ) {}

  process({ campaign_id, event_time }: View): void {
    const window = event_time - (event_time % WINDOW_MS);
    let windows = this.#counts.get(campaign_id);
    if (windows === undefined) this.#counts.set(campaign_id, (windows = new Map()));
    windows.set(window, (windows.get(window) ?? 0) + 1);
    let changed = this.#changed.get(campaign_id);
    if (changed === undefined) this.#changed.set(campaign_id, (changed = new Set()));
    changed.add(window);
  }

  advance(): void {
    // A window is written as often as it changes, and needs no end.
  }
  settle(): void {
    // Every row is done when it is taken.
  }

  collect(position: number): Emission | null {
    const serving: ServingEntry[] = [];
    for (const [campaign, changed] of this.#changed)
      for (const window of changed)
        serving.push({
          key: ysbKey(this.run, this.partition, campaign, window),
          version: position,
          value: Buffer.from(String(this.#counts.get(campaign)?.get(window) ?? 0)),
          expires_ms: EXPIRES_MS,
        });
    this.#changed.clear();
    if (serving.length === 0) return null;
    const complete = this.#complete;
    this.#complete = false;
    return { blocks: [], serving, complete };
  }

  refill(): void {
    this.#complete = true;
    for (const [campaign, windows] of this.#counts) this.#changed.set(campaign, new Set(windows.keys()));
  }

  acknowledge(): void {
    // Nothing waits for it: the counts stay.
  }

  snapshot() {
    return [
      statePart('counts', null, (to) => {
        to.count(this.#counts.size);
        for (const [campaign, windows] of this.#counts) to.text(campaign).value([...windows]);
      }),
    ];
  }

  restore(parts: StateParts): void {
    const from = parts.read('counts');
    for (let left = from.count(); left > 0; left--) this.#counts.set(from.text(), new Map(from.value() as [number, number][]));
  }
}

/** `run` tells the keys of one run from those that an earlier one has written. */
export const ysbKey = (run: string, partition: number, campaign: string, window: number): string => `{ysb:${run}:${partition}}:${campaign}:${window}`;

export const counts = (run: string): Layer => ({
  name: 'ysb-counts',
  inputs: [VIEWS],
  outputs: {},
  lateness_ms: 0,
  create: ({ partition }) => new Counts(run, partition),
});
