import { type Column, CONSTANT, NULL_LENGTH, TEXTS } from './column';
import type { Scratch } from './scratch';

/** Longer ones have no length in a byte. */
export const MAX_PLANNED_LENGTH = NULL_LENGTH - 1;

/** `count` texts that stand in `all` one behind the other; null when they are not ASCII. The column keeps `lengths`. */
export function writeJoined(all: string, lengths: Uint8Array, count: number, scratch: Scratch): Column | null {
  if (Buffer.byteLength(all) !== all.length) return null;
  const bytes = scratch.take(all.length);
  bytes.write(all, 'latin1');
  const [common] = lengths;
  let isCommon = true;
  for (let i = 1; i < count && isCommon; i++) isCommon = lengths[i] === common;
  if (isCommon && common === NULL_LENGTH) return [CONSTANT, null];
  if (isCommon && common !== undefined) {
    const first = all.slice(0, common);
    if (all.slice(common, 2 * common) === first || count === 1) if (all === first.repeat(count)) return [CONSTANT, first];
    return [TEXTS, common, bytes, true];
  }
  return [TEXTS, lengths.subarray(0, count), bytes, true];
}
