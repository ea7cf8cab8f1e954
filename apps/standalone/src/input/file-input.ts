import { accessSync, constants, createReadStream, ReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MAX_RECORD_BYTES, rawTopic } from '@millrace/ads';
import type { SourceDeclaration } from '@millrace/layer-ods';
import { splitterOf } from '@millrace/layer-ods';
import { Complaint, reasonOf } from '@millrace/service';
import { fingerprintOf } from '@millrace/service/demo';
import type { ReplayInput } from '@millrace/service/demo';

const STANDARD_INPUT = '-';
const CHUNK_BYTES = 1 << 20;

/** The user's own logs, in the order given. Throws a Complaint at once when a file cannot be opened. */
export const fileInput = (files: readonly string[], declared: SourceDeclaration): ReplayInput => {
  const stats = files.map((file) => (file === STANDARD_INPUT ? null : statOf(file)));
  const bytes = stats.reduce<number | null>((sum, stat) => (sum === null || stat === null ? null : sum + stat.size), 0);
  // A topic of its own: how much of a file is there already is told by the topic's length, so nobody else may write to it.
  const topic = rawTopic(`replay.${declared.name}`);
  const source = { ...declared, topics: [topic] };
  return {
    name: files.map((file) => (file === STANDARD_INPUT ? 'standard input' : file)).join(', '),
    source,
    topic,
    fingerprint: bytes === null ? null : fingerprintOf(declared.name, stats),
    async *records(signal) {
      let before = 0;
      for (const file of files) {
        const splitter = splitterOf(source, MAX_RECORD_BYTES);
        const { raw, text } = open(file, signal);
        const progress = (): number | null => (bytes === null ? null : bytes === 0 ? 1 : (before + bytesRead(raw)) / bytes);
        try {
          for await (const chunk of text) {
            yield { values: splitter.push(chunk as Uint8Array).map((record) => record.bytes), progress: progress() };
          }
        } catch (error) {
          if (signal.aborted) return;
          throw new Complaint(`${file} cannot be read: ${reasonOf(error)}.`);
        }
        yield { values: splitter.end().map((record) => record.bytes), progress: progress() };
        before += bytesRead(raw);
      }
    },
    totals: () => null,
  };
};

/** What tells one state of a file from another. */
const statOf = (file: string): { path: string; size: number; changed_ms: number } => {
  const path = resolve(file);
  try {
    accessSync(path, constants.R_OK);
    const stat = statSync(path);
    if (stat.isDirectory()) throw new Complaint(`${file} cannot be read: it is a folder.`);
    return { path, size: stat.size, changed_ms: stat.mtimeMs };
  } catch (error) {
    throw error instanceof Complaint ? error : new Complaint(`${file} cannot be read: ${reasonOf(error)}.`);
  }
};

const open = (file: string, signal: AbortSignal): { raw: Readable; text: Readable } => {
  const raw = file === STANDARD_INPUT ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
  signal.addEventListener('abort', () => raw.destroy(new Error('stopped')), { once: true });
  if (!file.endsWith('.gz')) return { raw, text: raw };
  const text = createGunzip();
  raw.on('error', (error: Error) => text.destroy(error));
  return { raw, text: raw.pipe(text) };
};

const bytesRead = (raw: Readable): number => (raw instanceof ReadStream ? raw.bytesRead : 0);
