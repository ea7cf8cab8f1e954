import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { DEFAULT_RULES as rules, partitionOf } from '@millrace/ads';
import { createOds } from '@millrace/layer-ods';
import { type Frame, type RawRecord, RawTask } from '@millrace/stream';
import { adjoinSource } from '../adjoin/declaration';
import { partFile } from '../adjoin/input';
import { LineReader } from '../adjoin/lines';
import { ownCpu_us, peakRss_mb } from '../harness/cpu';

export const ODS_WAYS = ['framed row', 'row alone', 'JSON.parse alone', 'decode'] as const;

export interface OdsJob {
  readonly folder: string;
  readonly records: number;
  readonly way: (typeof ODS_WAYS)[number];
}

const WARM_UP = 3;
const COUNTED = 2;
const BATCH_BYTES = 1 << 18;
const RECEIVED_MS = Date.UTC(2035, 0, 1);

/** What an ODS process does with a record besides its client, or a part of it: five times over all records, of which the last two count. */
export async function ods({ folder, records, way }: OdsJob) {
  const batches = batchesOf(folder, records);
  const events = batches.reduce((sum, { length }) => sum + length, 0);
  const layer = createOds({ sources: [adjoinSource()], rules });
  const from = { topic: layer.inputs[0] ?? '', partition: 0 };
  const operator = layer.create(from);
  const codec = new MsgpackFrameCodec();
  const decoder = new TextDecoder();
  let sink = 0;
  // The partitions of a topic are two, so that every key is hashed.
  const framesOf = (use: (frame: Frame) => void): void => {
    const task = new RawTask({
      layer: { ...layer, create: () => operator },
      input: from,
      writers: ['adjoin/0'],
      partitions: () => 2,
      partitioner: partitionOf,
    });
    for (const batch of batches) {
      task.run(batch);
      for (const { to, frame } of task.take(false)) if (to.topic === layer.outputs['action']) use(frame);
    }
  };
  const encoded: Uint8Array[] = [];
  if (way === 'decode') framesOf((frame) => encoded.push(codec.encode(frame)));
  const work: Record<OdsJob['way'], () => void> = {
    'framed row': () => framesOf((frame) => (sink += codec.encode(frame).length)),
    'row alone': () => {
      const out = { emit: () => void sink++ };
      for (const batch of batches) for (const record of batch) operator.process(record, from, out);
    },
    'JSON.parse alone': () => {
      for (const batch of batches)
        for (const { value } of batch)
          sink += (JSON.parse(decoder.decode(value ?? undefined)) as { readonly event_time: number }).event_time;
    },
    decode: () => {
      for (const bytes of encoded) sink += codec.decode(bytes).rows.length;
    },
  };
  for (let i = 0; i < WARM_UP; i++) work[way]();
  const before = ownCpu_us();
  for (let i = 0; i < COUNTED; i++) work[way]();
  const us_per_event = (ownCpu_us() - before) / (COUNTED * events);
  if (sink === 0) throw new Error('nothing was done');
  return { us_per_event, events, rss_mb: peakRss_mb(), ...check() };

  /** Every record has its row, with what its text says, and frames give back what was put in. */
  function check(): { correct: boolean; found: object } {
    const rows: object[] = [];
    const again: object[] = [];
    framesOf((frame) => {
      rows.push(...frame.rows);
      again.push(...codec.decode(codec.encode(frame)).rows);
    });
    const said = new Map(rows.map((row) => [idOf(row), row as Readonly<Record<string, unknown>>]));
    let wrong = 0;
    for (const { value } of batches.flat()) {
      const event = JSON.parse(decoder.decode(value ?? undefined)) as Readonly<Record<string, unknown>>;
      const row = said.get(idOf(event));
      if (row === undefined || FIELDS.some((field) => field in row && (row[field] ?? null) !== event[field])) wrong++;
    }
    const differing = rows.filter((row, i) => JSON.stringify(row) !== JSON.stringify(again[i])).length;
    return { correct: wrong === 0 && differing === 0 && rows.length === events, found: { rows: rows.length, wrong, differing } };
  }
}

const FIELDS = ['type', 'event_id', 'source', 'event_time', 'user_id', 'ad_id', 'campaign_id', 'merchant_id', 'item_id'];

const idOf = (row: object): string => {
  const { source, event_id, type } = row as Readonly<Record<string, unknown>>;
  return `${String(type)}|${String(source)}|${String(event_id)}`;
};

function batchesOf(folder: string, most: number): RawRecord[][] {
  const batches: RawRecord[][] = [];
  let count = 0;
  const reader = new LineReader(partFile(folder, 0), BATCH_BYTES);
  while (count < most) {
    const lines = reader.next().slice(0, most - count);
    if (reader.ended) break;
    // The reader's buffer is used again.
    batches.push(lines.map((line, i) => ({ offset: count + i, timestamp_ms: RECEIVED_MS, key: null, value: Buffer.from(line) })));
    count += lines.length;
  }
  return batches;
}
