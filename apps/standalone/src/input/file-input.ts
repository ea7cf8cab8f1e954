import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { SourceDeclaration } from '@millrace/layer-ods';
import { MAX_RECORD_BYTES, splitterOf, topicsOf } from '@millrace/layer-ods';
import { Complaint, reasonOf } from '../complaint';
import { fingerprintOf } from '../data-directory';
import type { ReplayInput } from './replay-input';

const STANDARD_INPUT = '-';

/** The user's own logs, in the order given. Throws a Complaint at once when a file cannot be opened. */
export const fileInput = (files: readonly string[], source: SourceDeclaration): ReplayInput => {
  const sizes = files.map((file) => (file === STANDARD_INPUT ? null : sizeOf(file)));
  const known = sizes.reduce<number | null>((sum, size) => (sum === null || size === null ? null : sum + size), 0);
  const [topic = ''] = topicsOf(source);
  return {
    name: files.join(', '),
    source,
    topic,
    fingerprint: known === null ? null : fingerprintOf(source.name, files, sizes),
    async *records() {
      let read = 0;
      for (const file of files) {
        const splitter = splitterOf(source, MAX_RECORD_BYTES);
        const bytes = bytesOf(file, (chunk) => (read += chunk));
        const progress = (): number | null => (known === null || known === 0 ? null : read / known);
        try {
          for await (const chunk of bytes) yield { values: splitter.push(chunk as Uint8Array).map((record) => record.bytes), progress: progress() };
        } catch (error) {
          throw new Complaint(`${file} cannot be read: ${reasonOf(error)}.`);
        }
        yield { values: splitter.end().map((record) => record.bytes), progress: progress() };
      }
    },
    totals: () => null,
  };
};

const sizeOf = (file: string): number => {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw new Complaint(`${file} cannot be read: it is a folder.`);
    return stat.size;
  } catch (error) {
    throw error instanceof Complaint ? error : new Complaint(`${file} cannot be read: ${reasonOf(error)}.`);
  }
};

const bytesOf = (file: string, onRead: (bytes: number) => void): Readable => {
  const raw = file === STANDARD_INPUT ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 });
  raw.on('data', (chunk: string | Buffer) => onRead(chunk.length));
  if (!file.endsWith('.gz')) return raw;
  const text = createGunzip();
  raw.on('error', (error: Error) => text.destroy(error));
  return raw.pipe(text);
};
