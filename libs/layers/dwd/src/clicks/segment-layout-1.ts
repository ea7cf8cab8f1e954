import type { StateReader } from '@millrace/stream';

const LARGE = 0xffff_ffff;
const LARGE_VERSION = 0xffff;

/** A click as layout 1 wrote it, by numbers; `time` counts from the start of its segment. */
export interface OldClick {
  readonly user: number;
  readonly source: number;
  readonly placement: number;
  readonly item: number;
  readonly time: number;
  readonly cost: number;
  readonly version: number;
  readonly flags: number;
  readonly id: Uint8Array;
}

/** The clicks of a segment of layout 1. */
export function* readSegmentLayout1(from: StateReader): Iterable<OldClick> {
  const count = from.count();
  const large = new Map(from.value() as [string, number][]);
  const [user, source, placement, item, idAt, time, cost] = Array.from({ length: 7 }, () => from.array(Uint32Array));
  const [idLength, version] = [from.array(Uint16Array), from.array(Uint16Array)];
  const [flags, ids] = [from.array(Uint8Array), from.array(Uint8Array)];
  for (let i = 0; i < count; i++) {
    const at = idAt?.[i] ?? 0;
    yield {
      ...{ user: user?.[i] ?? 0, source: source?.[i] ?? 0, placement: placement?.[i] ?? 0, item: item?.[i] ?? 0, time: time?.[i] ?? 0 },
      cost: cost?.[i] === LARGE ? (large.get(`cost ${i}`) ?? 0) : (cost?.[i] ?? 0),
      version: version[i] === LARGE_VERSION ? (large.get(`version ${i}`) ?? 0) : (version[i] ?? 0),
      flags: flags[i] ?? 0,
      id: ids.subarray(at, at + (idLength[i] ?? 0)),
    };
  }
}
