import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { SnapshotStore } from '@millrace/stream';
import { retried } from '../retry/retry';
import type { S3Options } from './options';

const CONNECT_WITHIN_MS = 5_000;
/** Of S3 and of what stands before it: too many requests, or something broke over there. */
const TOO_MANY = 429;
const SERVERS_FAULT = 500;

/**
 * Copies of snapshots in a bucket. A put is there as a whole or not at all, and S3 reads what was written: nothing else is
 * needed. The same bytes may be put again, so every request is retried within the bound (D6).
 */
export class S3SnapshotStore implements SnapshotStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(private readonly options: S3Options) {
    const { bucket, prefix = '', endpoint, region, credentials, timeout_ms = 60_000 } = options;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#client = new S3Client({
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { endpoint, region: region ?? regionOfSurroundings }),
      forcePathStyle: options.pathStyle ?? endpoint !== undefined,
      ...(credentials !== undefined && { credentials }),
      // Retries are ours, so that there is one bound.
      maxAttempts: 1,
      requestHandler: { requestTimeout: timeout_ms, throwOnRequestTimeout: true, connectionTimeout: CONNECT_WITHIN_MS },
      // Stores that are not AWS do not all know the newer checksums; the snapshot's own manifest has those that count.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async put(name: string, content: Uint8Array): Promise<void> {
    const command = new PutObjectCommand({ ...this.#at(name), Body: content, ContentLength: content.length });
    await this.#retried('put', () => this.#client.send(command));
  }

  get(name: string): Promise<Uint8Array | null> {
    return this.#retried('get', async () => {
      try {
        const { Body } = await this.#client.send(new GetObjectCommand(this.#at(name)));
        return Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    });
  }

  async list(prefix: string): Promise<readonly string[]> {
    const names: string[] = [];
    for (let from: string | undefined; ; ) {
      const page = await this.#retried('list', () =>
        this.#client.send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix + prefix, ContinuationToken: from })),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) names.push(Key.slice(this.#prefix.length));
      from = page.NextContinuationToken;
      if (from === undefined) return names.sort();
    }
  }

  async delete(name: string): Promise<void> {
    await this.#retried('delete', () => this.#client.send(new DeleteObjectCommand(this.#at(name))));
  }

  close(): void {
    this.#client.destroy();
  }

  #at(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + name };
  }

  #retried<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    return retried(`s3 ${what}`, attempt, isPassing, this.options);
  }
}

/** Where the AWS SDK looks. A store that is not AWS rarely has one, but the SDK wants a name to sign with. */
const regionOfSurroundings = (): Promise<string> => new S3Client().config.region().catch(() => 'us-east-1');

/** What is no answer of the store is a connection that failed, or silence. Refusals are for good. */
const isPassing = (error: unknown): boolean => {
  if (!(error instanceof S3ServiceException)) return !(error instanceof TypeError);
  const status = error.$metadata.httpStatusCode ?? SERVERS_FAULT;
  return status >= SERVERS_FAULT || status === TOO_MANY;
};
