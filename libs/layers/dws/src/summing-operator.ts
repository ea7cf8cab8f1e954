import {
  metricTable,
  versionOf,
  zoneOf,
  type Fact,
  type Grain,
  type Metric,
  type Rules,
  type Table,
} from '@millrace/ads';
import type { Emission, Emitting, Operator, Sized, Snapshotting, StatePart, StateParts } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import { familiesOf, type Families } from './families';
import { Ledger } from './ledger';
import { metricBlock, progressBlock } from './metric-rows';
import { OpenDays } from './open-days';
import type { Segments } from './segments';

/** What is summed, and within which bounds. */
export interface Summing {
  readonly rules: Pick<Rules, 'zone' | 'lateness_ms'>;
  readonly metrics: readonly Metric[];
  readonly grains: readonly Grain[];
  /** A segment ends when it holds this many accumulators. */
  readonly max_segment_rows: number;
}

/** DWS: adds signed facts to the rows of their keys and windows, and tells which rows changed. */
export class SummingOperator implements Operator<Fact>, Emitting, Snapshotting, Sized {
  readonly layout = 3;
  readonly #table: Table;
  readonly #families: Families;
  readonly #segments: Segments;
  readonly #openDays: OpenDays;
  readonly #ledger: Ledger;
  #watermark_ms = -Infinity;
  /** The last generation of changes that an emission contains. */
  readonly #contents = new WeakMap<Emission, { readonly generation: number; readonly position: number }>();
  #storedPosition = -1;
  #collectedPosition = -1;
  /** Restored, or the serving store was lost, and is not yet refilled: it is never the only copy. */
  #refill = false;

  constructor(
    { rules, metrics, grains, max_segment_rows }: Summing,
    readonly partition: number,
  ) {
    const zone = zoneOf(rules.zone);
    this.#table = metricTable(metrics);
    const families = familiesOf(metrics);
    this.#families = families;
    this.#openDays = new OpenDays(partition, families, grains, zone, rules.lateness_ms);
    this.#ledger = new Ledger(metrics, grains, zone, families, max_segment_rows, (ended) => this.#carry(ended));
    this.#segments = this.#ledger.segments;
  }

  process(fact: Fact): void {
    this.#ledger.add(fact);
  }

  advance(watermark_ms: number): void {
    if (watermark_ms > this.#watermark_ms) this.#watermark_ms = watermark_ms;
  }

  settle(): void {
    // Sums are written on the runner's timer, not per record.
  }

  /** Rows that wait to be written. */
  get pending(): number {
    return this.#segments.pending;
  }

  /** Rows held in memory. */
  get accumulators(): number {
    return this.#segments.rows;
  }

  get state(): { entries: number; bytes: number } {
    return { entries: this.accumulators, bytes: this.#segments.bytes };
  }

  collect(position: number, epoch = 1): Emission | null {
    const { pending } = this;
    if (position === this.#storedPosition && pending === 0 && !this.#refill) return null;
    this.#collectedPosition = position;
    const version = versionOf(epoch, position);
    const watermark = Math.max(0, this.#watermark_ms);
    const stamp = { partition: this.partition, version, watermark };
    this.#closeDays();
    const emission: Emission = {
      blocks: [
        ...(pending > 0 ? [metricBlock(this.#table, this.#families, this.#segments.all(), stamp)] : []),
        progressBlock(this.#table, this.#families, stamp),
      ],
      serving: [
        ...(this.#refill
          ? this.#openDays.allEntries(this.#segments, { version, watermark })
          : this.#openDays.entries(this.#segments, { version, watermark })),
        ...this.#openDays.progress(this.#segments, position, { version, watermark }),
      ],
      complete: this.#refill,
    };
    this.#refill = false;
    this.#contents.set(emission, { generation: this.#ledger.generation++, position });
    return emission;
  }

  acknowledge(emission: Emission): void {
    const contents = this.#contents.get(emission);
    if (contents === undefined) throw new TypeError('this emission was not collected here');
    this.#segments.acknowledge(contents.generation);
    this.#storedPosition = contents.position;
  }

  refill(): void {
    this.#refill = true;
  }

  /** Right after `collect`, whose emission holds all that is dirty: so what is captured is what is stored. */
  snapshot(): StatePart[] {
    return [
      statePart('rest', null, (to) => {
        to.number(this.#watermark_ms).value(this.#collectedPosition);
        this.#ledger.write(to);
        this.#openDays.write(to);
      }),
      ...this.#segments.parts(),
      ...this.#openDays.parts(),
    ];
  }

  restore(parts: StateParts, layout: number): void {
    const rest = parts.read('rest');
    this.#watermark_ms = rest.number();
    this.#storedPosition = this.#collectedPosition = rest.value() as number;
    this.#ledger.restore(rest, parts, layout);
    this.#openDays.restore(rest, parts, layout);
    this.#refill = true;
  }

  #carry(ended: Parameters<OpenDays['carry']>[0]): void {
    this.#closeDays();
    this.#openDays.carry(ended);
  }

  #closeDays(): void {
    this.#openDays.close(this.#watermark_ms, this.#ledger.newestDay_ms);
  }
}
