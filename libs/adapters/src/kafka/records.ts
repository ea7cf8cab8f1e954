import type { RawRecord } from '@millrace/stream';
import type { IHeaders, KafkaMessage } from 'kafkajs';

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
