/** What `fetch-response.ts` takes of the client's inside. The version is pinned. */

declare module 'kafkajs/src/protocol/decoder' {
  export default class Decoder {
    readonly buffer: Buffer;
    offset: number;
    constructor(bytes: Buffer);
    readInt16(): number;
    readInt32(): number;
    readInt64(): bigint;
    readString(): string;
    readBytes(length: number): Buffer;
    readArray<T>(read: (decoder: Decoder) => T): T[];
    readArrayAsync<T>(read: (decoder: Decoder) => Promise<T>): Promise<T[]>;
  }
}

declare module 'kafkajs/src/protocol/requests/fetch' {
  interface Answer {
    readonly decode: (bytes: Buffer) => Promise<object>;
    readonly parse: (decoded: object) => Promise<object>;
  }
  interface Exchange {
    readonly response: Answer;
  }
  const api: { protocol: (of: { readonly version: number }) => (options: object) => Exchange };
  export default api;
}

declare module 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages' {
  import type Decoder from 'kafkajs/src/protocol/decoder';
  import type { KafkaMessage } from 'kafkajs';
  const decodeMessages: (decoder: Decoder) => Promise<KafkaMessage[]>;
  export default decodeMessages;
}

declare module 'kafkajs/src/protocol/recordBatch/v0/decoder' {
  import type Decoder from 'kafkajs/src/protocol/decoder';
  import type { KafkaMessage } from 'kafkajs';
  const decodeBatch: (decoder: Decoder) => Promise<{ readonly records: KafkaMessage[] }>;
  export default decodeBatch;
}

declare module 'kafkajs/src/protocol/message/compression' {
  interface Codec {
    decompress(bytes: Buffer): Promise<Buffer>;
  }
  const compression: { lookupCodecByAttributes(attributes: number): Codec | null };
  export default compression;
}

declare module 'kafkajs/src/consumer/batch' {
  import type { KafkaMessage } from 'kafkajs';
  /** What `eachBatch` is given. */
  export default class Batch {
    constructor(topic: string, fetchedOffset: string, partition: object);
    readonly messages: readonly KafkaMessage[];
    isEmpty(): boolean;
    firstOffset(): string | null;
    lastOffset(): string;
  }
}
