import { type TopicPartition, writerOf } from '@millrace/stream';
import type { Outside } from '../outside';
import { positionIn, progressOf } from '../ports/clickhouse';
import type { Disk, DiskWatch } from '../ports/disk';
import type { Sending } from '../ports/log';
import { hasState, type LayerName } from '../scenario/scenario';
import type { Life } from '../world/life';

/** A snapshot as its files tell it, read by code that is not the engine's. */
interface Told {
  readonly name: string;
  readonly position: number;
  /** Null: none of its records has said what time it is, or the manifest is not to be read. */
  readonly watermark_ms: number | null;
  readonly parts: readonly { readonly file: string; readonly bytes: number }[];
}

const FOLDER = /^([^/]+)\/(.+)-(\d+)\.(\d+)$/;
const MANIFEST = /\/manifest@(\d+)\.[0-9a-f]{8}$/;

/** `dwd/ods.action-3.1` → dwd, ods.action/3. */
export const ownerOf = (folder: string): { readonly layer: string; readonly input: TopicPartition } | null => {
  const [, layer, topic, partition] = FOLDER.exec(folder) ?? [];
  return layer === undefined || topic === undefined ? null : { layer, input: { topic, partition: Number(partition) } };
};

/** The newest snapshot that a power loss would leave in a folder. */
export const newestDurable = (disk: Disk, folder: string): Told | null => {
  const manifests = disk
    .durableNames()
    .filter((name) => name.startsWith(`${folder}/`) && MANIFEST.test(name))
    .map((name) => ({ name, position: Number(MANIFEST.exec(name)?.[1]) }))
    .sort((a, b) => b.position - a.position);
  const [newest] = manifests;
  if (newest === undefined) return null;
  const text = new TextDecoder().decode(disk.durable(newest.name) ?? new Uint8Array());
  const [, ...json] = text.split('\n');
  try {
    const { parts, header } = JSON.parse(json.join('\n')) as Pick<Told, 'parts'> & {
      readonly header: { readonly watermark: { readonly value_ms: unknown } };
    };
    const { value_ms } = header.watermark;
    return { ...newest, watermark_ms: typeof value_ms === 'number' ? value_ms : null, parts };
  } catch {
    return { ...newest, watermark_ms: null, parts: [{ file: newest.name, bytes: -1 }] };
  }
};

/** What a newest snapshot names, and a power loss would not leave whole. */
export const notDurable = (disk: Disk, { name, parts }: Told): string[] =>
  parts
    .filter(({ file, bytes }) => !disk.damaged.has(file) && disk.durable(file)?.length !== bytes)
    .map(({ file }) => `${name} counts, and its part ${file} is not durable`);

/**
 * committed ≤ snapshot ≤ acknowledged (D5), of one life of a process: what it writes to its disk, and when it commits, as a
 * power loss at that moment would show it.
 */
export class SnapshotWatch implements DiskWatch {
  /** Partition → position of the newest snapshot that was durable. */
  readonly #durable = new Map<string, number>();
  /** What the life has sent to the log, and was not acknowledged. */
  sending: ReadonlySet<Sending> = new Set();

  constructor(
    private readonly outside: Outside,
    private readonly life: Life,
    private readonly disk: Disk,
    private readonly layer: LayerName,
  ) {}

  renamed(to: string): void {
    const position = Number(MANIFEST.exec(to)?.[1] ?? NaN);
    const owner = ownerOf(to.slice(0, to.lastIndexOf('/')));
    if (Number.isNaN(position) || owner === null) return;
    const { input } = owner;
    const place = `${this.life.name}: the snapshot of ${writerOf(input)} at ${position} counts`;
    for (const { batch } of this.sending) {
      for (const { value } of batch.records) {
        const { source, offsets } = this.outside.codec.decode(value);
        if (writerOf(source) === writerOf(input) && offsets.some((offset) => offset < position))
          this.outside.object(`${place}, and what came of ${offsets[0] ?? 0} is not acknowledged`);
      }
    }
    if (this.layer !== 'dws') return;
    const stored = positionIn(progressOf(this.outside.tables).get(input.partition));
    if (stored < position) this.outside.object(`${place}, and ClickHouse has ${stored}`);
  }

  synced(folder: string): void {
    const owner = ownerOf(folder);
    const newest = newestDurable(this.disk, folder);
    if (owner === null || newest === null) return;
    for (const objection of notDurable(this.disk, newest)) this.outside.object(`${this.life.name}: ${objection}`);
    const place = writerOf(owner.input);
    this.#durable.set(place, Math.max(newest.position, this.#durable.get(place) ?? 0));
  }

  committed(group: string, of: TopicPartition, offset: number): void {
    if (!hasState(this.layer) || !group.startsWith(this.layer)) return;
    const durable = this.#durable.get(writerOf(of)) ?? -1;
    if (offset > durable)
      this.outside.object(
        `${this.life.name} commits ${offset} of ${writerOf(of)}, and its newest durable snapshot has ${durable}`,
      );
  }
}
