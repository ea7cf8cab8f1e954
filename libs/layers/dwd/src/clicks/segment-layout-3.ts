import type { StateParts } from '@millrace/stream';
import { Column } from '../columns/column';
import { rangeName, rangesOf } from '../columns/ranges';
import type { OldClick } from './segment-layout-1';

/** The clicks of a segment of layouts 2 and 3: ids were UTF-8, each with its length. */
export function* readSegmentLayout3(count: number, prefix: string, parts: StateParts): Iterable<OldClick> {
  const flags = parts.read(`${prefix}.flags`).array(Uint8Array);
  for (const range of rangesOf(count)) {
    const from = parts.read(`${prefix}.${rangeName(range)}`);
    const column = (): number[] => {
      const read = new Column();
      read.read(from, 0);
      return Array.from({ length: range.end - range.from }, (_, i) => read.get(i));
    };
    const [user, source, placement, item] = [column(), column(), column(), column()];
    const [time, cost, version] = [column(), column(), column()];
    const lengths = (from.value() as boolean) ? from.array(Uint8Array) : from.array(Uint16Array);
    const ids = from.array(Uint8Array);
    for (let i = 0, at = 0; i < lengths.length; i++) {
      const end = at + (lengths[i] ?? 0);
      yield {
        ...{ user: user[i] ?? 0, source: source[i] ?? 0, placement: placement[i] ?? 0, item: item[i] ?? 0 },
        ...{ time: time[i] ?? 0, cost: cost[i] ?? 0, version: version[i] ?? 0 },
        ...{ flags: flags[range.from + i] ?? 0, id: ids.subarray(at, end) },
      };
      at = end;
    }
  }
}
