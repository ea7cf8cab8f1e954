import type { RawRecord } from '@millrace/stream';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { RecordRun } from './record-batch';

/** A record as the engine knows it. The time is the append time where the topic is LogAppendTime. */
export function rawRecord({ offset, timestamp, key, value, headers }: KafkaMessage): RawRecord {
  const told = headers === undefined ? undefined : textsOf(headers);
  return { offset: Number(offset), timestamp_ms: Number(timestamp), key, value, ...(told && { headers: told }) };
}

/** Of a header that is given several times the last one counts, as in Kafka's own `lastHeader`. */
function textsOf(headers: IHeaders): Record<string, string> | undefined {
  const texts: Record<string, string> = {};
  let some = false;
  for (const name in headers) {
    const given = headers[name];
    const last = Array.isArray(given) ? given[given.length - 1] : given;
    if (last === undefined || last === null) continue;
    texts[name] = last.toString();
    some = true;
  }
  return some ? texts : undefined;
}

export const bytesOf = ({ key, value }: RawRecord): number => (key?.byteLength ?? 0) + (value?.byteLength ?? 0);

/** Records that were made before anybody came for them. */
export class LooseRecords implements RecordRun {
  readonly last: number;
  #at = 0;
  #bytes: number;

  /** One at least. */
  constructor(private readonly records: readonly RawRecord[]) {
    this.last = records[records.length - 1]?.offset ?? -1;
    this.#bytes = records.reduce((sum, record) => sum + bytesOf(record), 0);
  }

  get first(): number {
    return this.records[this.#at]?.offset ?? this.last + 1;
  }
  get count(): number {
    return this.records.length - this.#at;
  }
  get bytes(): number {
    return this.#bytes;
  }

  next(): RawRecord | null {
    const record = this.records[this.#at];
    if (record === undefined) return null;
    this.#at++;
    this.#bytes -= bytesOf(record);
    return record;
  }
}
