import { type RejectedRow, rejectedQuery, type RejectReason, type Rules } from '@millrace/ads';
import { createOds, type SourceDeclaration } from '@millrace/layer-ods';
import type { Log, OlapStore, RawRecord } from '@millrace/stream';
import { Ledger, ORIGIN_HEADER } from './ledger';

export interface ReplayPorts {
  readonly log: Log;
  readonly olap: Pick<OlapStore, 'query'>;
}

export interface ReplayRequest {
  readonly sources: readonly SourceDeclaration[];
  readonly rules: Rules;
  readonly reasons: readonly RejectReason[];
  /** When they were rejected, half-open, ms. */
  readonly from_ms: number;
  readonly to_ms: number;
  /** Only count. */
  readonly dry: boolean;
}

export interface Replayed {
  /** Put into their raw topics again; with `dry`: would be. */
  readonly replayed: number;
  /** They were by an earlier command. */
  readonly before: number;
  /** Would be rejected again, by the declarations as they are now. */
  readonly stillRejected: number;
  /** Of topics that none of the sources reads. */
  readonly unknown: number;
}

const PAGE = 10_000;
const BATCH = 500;

/**
 * Puts rejected records that the present declarations accept into their raw topics again, as they came and with a header
 * that says where they stood. May be done any number of times: each record is put once. One command at a time.
 */
export const replayRejected = async (ports: ReplayPorts, request: ReplayRequest): Promise<Replayed> => {
  const ledger = await Ledger.open(ports.log);
  const accepts = judge(request);
  const sum = { replayed: 0, before: 0, stillRejected: 0, unknown: 0 };
  const waiting = new Map<string, RejectedRow[]>();
  for await (const row of rejected(ports.olap, request)) {
    const verdict = ledger.has(originOf(row)) ? 'before' : accepts(row);
    sum[verdict]++;
    if (verdict !== 'replayed') continue;
    const batch = waiting.get(row.source_topic) ?? [];
    waiting.set(row.source_topic, batch);
    batch.push(row);
  }
  if (request.dry) return sum;
  for (const [topic, rows] of waiting) {
    // The oldest first, as they came.
    rows.sort((a, b) => a.source_partition - b.source_partition || a.source_offset - b.source_offset);
    for (let at = 0; at < rows.length; at += BATCH) await put(ports.log, ledger, topic, rows.slice(at, at + BATCH));
  }
  return sum;
};

const put = (log: Log, ledger: Ledger, topic: string, rows: readonly RejectedRow[]): Promise<void> =>
  ledger.record(topic, rows.map(originOf), async () => {
    const partitions = log.partitions(topic);
    const lanes = Array.from({ length: partitions }, (_, partition) => ({
      to: { topic, partition },
      records: rows.filter((row) => row.source_partition % partitions === partition).map(recordOf),
    }));
    await log.append(lanes.filter(({ records }) => records.length > 0));
  });

const recordOf = (row: RejectedRow) => ({ value: bytesOf(row), headers: { ...headersOf(row), [ORIGIN_HEADER]: originOf(row) } });
const bytesOf = ({ bytes }: RejectedRow): Uint8Array => Buffer.from(bytes ?? '', 'base64');
const headersOf = ({ headers }: RejectedRow): Record<string, string> =>
  headers === '' ? {} : (JSON.parse(headers) as Record<string, string>);
const originOf = ({ source_topic, source_partition, source_offset }: RejectedRow): string =>
  `${source_topic}/${source_partition}@${source_offset}`;

/** What ODS would say now, being what it is. */
const judge = ({ sources, rules }: ReplayRequest): ((row: RejectedRow) => 'replayed' | 'stillRejected' | 'unknown') => {
  const ods = createOds({ sources, rules });
  const operators = new Map(ods.inputs.map((topic) => [topic, ods.create({ topic, partition: 0 })]));
  return (row) => {
    const operator = operators.get(row.source_topic);
    if (operator === undefined) return 'unknown';
    if (row.bytes === null) return 'stillRejected';
    const record: RawRecord = {
      offset: row.source_offset,
      timestamp_ms: row.ingest_time,
      key: null,
      value: bytesOf(row),
      headers: headersOf(row),
    };
    let accepted = true;
    operator.process(
      record,
      { topic: row.source_topic, partition: row.source_partition },
      { emit: (output) => (accepted &&= output !== 'rejected') },
    );
    return accepted ? 'replayed' : 'stillRejected';
  };
};

/** The newest first, a page at a time. */
async function* rejected(
  olap: Pick<OlapStore, 'query'>,
  { reasons, from_ms, to_ms }: ReplayRequest,
): AsyncGenerator<RejectedRow> {
  const seen = new Set<string>();
  for (let until_ms = to_ms; ;) {
    const { sql, params } = rejectedQuery({ reasons, from_ms, to_ms: until_ms, limit: PAGE });
    const page = await olap.query<RejectedRow>(sql, params);
    const fresh = page.filter((row) => !seen.has(originOf(row)));
    for (const row of fresh) {
      seen.add(originOf(row));
      yield row;
    }
    if (page.length < PAGE) return;
    if (fresh.length === 0) throw new Error(`more than ${PAGE} records were rejected in one millisecond, at ${until_ms - 1}`);
    // Others of the same millisecond may be on the next page.
    until_ms = Math.min(...page.map(({ ingest_time }) => ingest_time)) + 1;
  }
}
