import { writerOf } from '../frame';
import type { TopicPartition } from '../operator';
import type { Checksum } from '../ports';
import type { TaskState } from '../task';

/** Of the manifest itself; the layout of the parts is the operator's affair. */
export const FORMAT = 1;

/** Whose state a snapshot is, and under which conditions it may be used. */
export interface SnapshotOwner {
  readonly layer: string;
  readonly input: TopicPartition;
  /** Rises when the input topic is recreated: offsets of another epoch mean nothing. */
  readonly epoch: number;
  /** Names everything that decides what the operator answers (D3). */
  readonly fingerprint: string;
  /** The same as data, so that the next rules can be compared with them. Plain JSON. */
  readonly rules?: unknown;
}

/** What makes files a snapshot: it names all of them, and is there last. */
export interface Manifest extends SnapshotOwner {
  readonly format: number;
  readonly layout: number;
  readonly header: TaskState;
  readonly parts: readonly StoredPart[];
}

export interface StoredPart {
  readonly name: string;
  readonly revision: string | null;
  readonly file: string;
  readonly bytes: number;
  readonly checksum: number;
}

/** Bytes that are no whole manifest or part: torn, lost, flipped. The next older snapshot is tried. */
export class SnapshotDamagedError extends Error {
  override readonly name = 'SnapshotDamagedError';
}

/** A snapshot that is whole, but of something else: it lies in the wrong place. */
export class SnapshotMismatchError extends Error {
  override readonly name = 'SnapshotMismatchError';
}

/** A snapshot that begins before its log does, or is of other rules, where newer positions are committed: its state is made anew from the log. */
export class SnapshotStaleError extends Error {
  override readonly name = 'SnapshotStaleError';
}

/** A snapshot whose state the present rules cannot go on from (D3). It ends the process: an operator mends the rules, or starts over. */
export class SnapshotRulesError extends Error {
  override readonly name = 'SnapshotRulesError';
}

/** Snapshots of a log that was made anew after the one that this process knows (D4). It ends the process: its versions would lose. */
export class SnapshotEpochError extends Error {
  override readonly name = 'SnapshotEpochError';
}

/** A snapshot that this version of the program cannot read. It ends the process: going on would in the end replace it. */
export class SnapshotVersionError extends Error {
  override readonly name = 'SnapshotVersionError';
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One line of checksum, then JSON. */
export const encodeManifest = (manifest: Manifest, checksum: Checksum): Uint8Array => {
  const json = encoder.encode(`${JSON.stringify(manifest, writeInfinite, 1)}\n`);
  const first = encoder.encode(`${hex(checksum(json))}\n`);
  const bytes = new Uint8Array(first.length + json.length);
  bytes.set(first);
  bytes.set(json, first.length);
  return bytes;
};

/** Throws a SnapshotDamagedError, or, on a format that this program does not know, a SnapshotVersionError. */
export const decodeManifest = (bytes: Uint8Array, checksum: Checksum): Manifest => {
  const json = bytes.subarray(CHECKSUM_DIGITS + 1);
  if (decoder.decode(bytes.subarray(0, CHECKSUM_DIGITS + 1)) !== `${hex(checksum(json))}\n`)
    throw new SnapshotDamagedError('its checksum differs');
  const manifest = JSON.parse(decoder.decode(json), readInfinite) as Manifest;
  if (manifest.format !== FORMAT)
    throw new SnapshotVersionError(`it is of format ${manifest.format}, and this version of Millrace reads format ${FORMAT}`);
  return manifest;
};

/** Throws a SnapshotMismatchError when the snapshot is of something else. */
export const checkOwner = (manifest: Manifest, expected: SnapshotOwner): void => {
  const differs = (what: string, found: unknown, wanted: unknown): void => {
    if (found !== wanted) throw new SnapshotMismatchError(`it is of ${what} ${String(found)}, not ${String(wanted)}`);
  };
  differs('layer', manifest.layer, expected.layer);
  differs('partition', writerOf(manifest.input), writerOf(expected.input));
  differs('epoch', manifest.epoch, expected.epoch);
};

const CHECKSUM_DIGITS = 8;
export const hex = (checksum: number): string => checksum.toString(16).padStart(CHECKSUM_DIGITS, '0');

/** Clocks of writers that were not heard are infinite, which JSON cannot say. */
const INFINITE: readonly (readonly [text: string, value: number])[] = [
  ['∞', Infinity],
  ['-∞', -Infinity],
];
const writeInfinite = (_name: string, value: unknown): unknown => INFINITE.find(([, number]) => number === value)?.[0] ?? value;
const readInfinite = (_name: string, value: unknown): unknown => INFINITE.find(([text]) => text === value)?.[1] ?? value;
