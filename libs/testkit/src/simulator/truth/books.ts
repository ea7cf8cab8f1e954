import { type Fact, type Late, TOPICS } from '@millrace/ads';
import { type Frame, type TopicPartition, writerOf } from '@millrace/stream';
import type { Life } from '../world/life';

/** A row of an inside topic that counts: the first at its place. `at` is the offset of the record that it stands in. */
export interface Counted<Row = object> {
  readonly at: number;
  readonly source: TopicPartition;
  readonly offset: number;
  readonly ordinal: number;
  readonly row: Row;
}

/** What one partition of an inside topic says, to whoever reads it with marks (D2). */
export class Lane {
  readonly rows: Counted[] = [];
  /** Records that were appended so far, each with the clocks it told. */
  readonly frames: Pick<Frame, 'source' | 'tick' | 'clocks'>[] = [];
  readonly #marks = new Map<string, { offset: number; ordinal: number }>();

  constructor(readonly of: TopicPartition) {}

  add(at: number, { source, rows, offsets, ordinals, clocks, tick }: Frame): void {
    this.frames.push({ source, clocks, ...(tick && { tick }) });
    const mark = this.#marks.get(writerOf(source)) ?? { offset: -1, ordinal: -1 };
    rows.forEach((row, i) => {
      const [offset = 0, ordinal = 0] = [offsets[i], ordinals[i]];
      if (offset < mark.offset || (offset === mark.offset && ordinal <= mark.ordinal)) return;
      mark.offset = offset;
      mark.ordinal = ordinal;
      this.rows.push({ at, source, offset, ordinal, row });
    });
    this.#marks.set(writerOf(source), mark);
  }
}

/** What the inside topics hold, read as it is written, by code that is not the engine's. */
export class Books {
  readonly #lanes = new Map<string, Lane>();
  /** Every row that was ever written, under its place in its writer's log and where it went. */
  readonly #rows = new Map<string, string>();
  /** The watermark that each of them carried. */
  readonly #clocks = new Map<string, number>();

  constructor(private readonly object: (objection: string) => void) {}

  append(to: TopicPartition, offset: number, frame: Frame, by: Life | null): void {
    this.lane(to).add(offset, frame);
    frame.rows.forEach((row, i) => {
      this.same(to, frame.source, frame.offsets[i] ?? 0, frame.ordinals[i] ?? 0, row, by?.name ?? 'somebody');
    });
    this.#time(to, frame, by?.name ?? 'somebody');
  }

  /** A watermark that a layer has told never goes back; and a frame's rows carry those that its writer had, in their order. */
  #time(to: TopicPartition, { source, clocks, offsets, ordinals }: Frame, by: string): void {
    // The clocks of outside topics begin anew with each process (ODS keeps no state).
    if (source.topic.startsWith('raw.')) return;
    clocks.forEach((clock_ms, i) => {
      const place = `${writerOf(source)}@${offsets[i] ?? 0}.${ordinals[i] ?? 0}`;
      const told_ms = this.#clocks.get(place);
      if (told_ms === undefined) this.#clocks.set(place, clock_ms);
      else if (told_ms !== clock_ms)
        this.object(`${place} had the watermark ${told_ms}, and ${clock_ms} when ${by} writes it again`);
      if (clock_ms < (clocks[i - 1] ?? -Infinity))
        this.object(`${by} writes a watermark to ${writerOf(to)} that goes back at ${place}`);
    });
  }

  /** "Same position → byte-identical row": whoever writes it, and however often. */
  same(to: TopicPartition, source: TopicPartition, offset: number, ordinal: number, row: object, by: string): void {
    const place = `${to.topic} ${writerOf(source)}@${offset}.${ordinal}`;
    const says = `${to.partition} ${textOf(row)}`;
    const said = this.#rows.get(place);
    if (said === undefined) this.#rows.set(place, says);
    else if (said !== says) this.object(`${place} is another row when ${by} writes it again:\n  ${said}\n  ${says}`);
  }

  lane(of: TopicPartition): Lane {
    const known = this.#lanes.get(writerOf(of));
    if (known !== undefined) return known;
    const made = new Lane(of);
    this.#lanes.set(writerOf(of), made);
    return made;
  }

  lanes(topic: string): Lane[] {
    return [...this.#lanes.values()].filter(({ of }) => of.topic === topic);
  }

  facts(): Fact[] {
    return this.lanes(TOPICS.fact).flatMap(({ rows }) => rows.map(({ row }) => row as Fact));
  }

  late(): Late[] {
    return this.lanes(TOPICS.late).flatMap(({ rows }) => rows.map(({ row }) => row as Late));
  }

  /** Facts by the record of DWD's input that caused them, in the order of that input. */
  factsByRecord(): Fact[][] {
    const records = new Map<string, { readonly offset: number; readonly facts: Counted[] }>();
    for (const { rows } of this.lanes(TOPICS.fact)) {
      for (const counted of rows) {
        const key = `${writerOf(counted.source)} ${counted.offset}`;
        const record = records.get(key) ?? { offset: counted.offset, facts: [] };
        records.set(key, record);
        record.facts.push(counted);
      }
    }
    return [...records.values()]
      .sort((a, b) => a.offset - b.offset)
      .map(({ facts }) => facts.sort((a, b) => a.ordinal - b.ordinal).map(({ row }) => row as Fact));
  }
}

const textOf = (row: object): string =>
  JSON.stringify(row, (_name, value: unknown) =>
    ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') : value,
  );
