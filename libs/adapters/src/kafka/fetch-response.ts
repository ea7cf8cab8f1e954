// Ambient: whoever compiles this file needs them, in whatever project.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-protocol.d.ts" />
import type { KafkaMessage } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder';
import compression from 'kafkajs/src/protocol/message/compression';
import decodeBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder';
import fetchApi from 'kafkajs/src/protocol/requests/fetch';
import decodeMessages from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages';
import { RecordBatch, type RecordRun } from './record-batch';
import { LooseRecords, rawRecord } from './records';

/** The version of the fetch that kafkajs and every broker from 2.3 on agree upon. Older ones are answered as kafkajs does it. */
const VERSION = 11;

/** A whole batch, where kafkajs has one message for each record: what it asks of a message, it can ask of this one. */
interface BatchMessage {
  /** Of the last record: what is resolved with it. */
  readonly offset: string;
  readonly key: null;
  readonly isControlRecord: false;
  readonly batchContext: { readonly inTransaction: false };
  readonly batch: RecordBatch;
}

type Message = KafkaMessage | BatchMessage;

let registered = false;

/**
 * kafkajs makes some ten objects of every record as soon as it has arrived, of which its consumer needs none: with one event to a record that is
 * half of what reading costs, and the collector copies them while they wait. From here on it hands batches through as they are (ADR 0027).
 */
export function registerFetchResponse(): void {
  if (registered) return;
  registered = true;
  const { protocol } = fetchApi;
  fetchApi.protocol = (of) => {
    const ask = protocol(of);
    if (of.version !== VERSION) return ask;
    return (options) => {
      const exchange = ask(options);
      return { ...exchange, response: { ...exchange.response, decode: decodeResponse } };
    };
  };
}

/** The records in what a fetch from `fetched` on brought of a partition. */
export function runsOf(messages: readonly Message[], fetched: number): RecordRun[] {
  const runs: RecordRun[] = [];
  const loose: KafkaMessage[] = [];
  const close = (): void => {
    if (loose.length > 0) runs.push(new LooseRecords(loose.splice(0).map(rawRecord)));
  };
  for (const message of messages) {
    if (!('batch' in message)) {
      loose.push(message);
      continue;
    }
    close();
    message.batch.skipTo(fetched);
    runs.push(message.batch);
  }
  close();
  return runs;
}

/** As kafkajs has it, but for the messages. */
async function decodeResponse(bytes: Buffer): Promise<object> {
  const decoder = new Decoder(bytes);
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const sessionId = decoder.readInt32();
  const responses = await decoder.readArrayAsync(async () => ({
    topicName: decoder.readString(),
    partitions: await decoder.readArrayAsync(decodePartition),
  }));
  // Brokers throttle by themselves; what is asked of the client is `clientSideThrottleTime`.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

async function decodePartition(decoder: Decoder): Promise<object> {
  const header = {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: decoder.readInt64().toString(),
    lastStableOffset: decoder.readInt64().toString(),
    lastStartOffset: decoder.readInt64().toString(),
    abortedTransactions: decoder.readArray(() => ({
      producerId: decoder.readInt64().toString(),
      firstOffset: decoder.readInt64().toString(),
    })),
    preferredReadReplica: decoder.readInt32(),
  };
  // What was aborted is found message by message.
  const messages = header.abortedTransactions.length > 0 ? await decodeMessages(decoder) : await messagesIn(decoder);
  return { ...header, messages };
}

async function messagesIn(decoder: Decoder): Promise<Message[]> {
  const start = decoder.offset;
  const size = decoder.readInt32();
  const first = size > 0 ? decoder.buffer.subarray(decoder.offset, decoder.offset + size) : null;
  // Nothing, or of a time before batches.
  if (first === null || first.length < size || !RecordBatch.isOfVersion2(first)) {
    decoder.offset = start;
    return decodeMessages(decoder);
  }
  decoder.offset += size;
  const messages: Message[] = [];
  let at = 0;
  // The last one may have been cut off, at the size that was asked for.
  for (let length = RecordBatch.sizeAt(first, at); length !== null; length = RecordBatch.sizeAt(first, at)) {
    const batch = first.subarray(at, at + length);
    at += length;
    if (RecordBatch.isPlain(batch)) messages.push(messageOf(await RecordBatch.of(batch, unpack)));
    else messages.push(...(await decodeBatch(new Decoder(batch))).records);
  }
  return messages;
}

const messageOf = (batch: RecordBatch): BatchMessage => ({
  offset: String(batch.last),
  key: null,
  isControlRecord: false,
  batchContext: { inTransaction: false },
  batch,
});

const unpack = (attributes: number) => {
  const codec = compression.lookupCodecByAttributes(attributes);
  return codec === null ? null : (bytes: Buffer) => codec.decompress(bytes);
};
