import { TOPICS } from '@millrace/ads';
import { writerOf } from '@millrace/stream';
import type { Outside } from '../outside';
import { INPUTS } from '../scenario/scenario';

/**
 * Each record of the outside topics is one of these: passed on, rejected, or still to be read. At any moment no record is
 * two of them; `atRest` none is left to be read.
 */
export function accountObjections({ brokers, books }: Outside, atRest: boolean): string[] {
  const passed = placesIn([TOPICS.action, TOPICS.exposure]);
  const rejected = placesIn([TOPICS.rejected]);
  return INPUTS.ods
    .flatMap((topic) => brokers.all(topic))
    .flatMap((partition) => {
      const name = writerOf(partition);
      const { end } = brokers.bounds(partition);
      const [good, bad] = [passed.get(name) ?? new Set(), rejected.get(name) ?? new Set()];
      const both = [...good].filter((offset) => bad.has(offset));
      const known = good.size + bad.size;
      return [
        ...(both.length > 0 ? [`${name}@${both.join()} was passed on and rejected`] : []),
        ...(known > end ? [`${name} has ${end} records, and ${known} were passed on or rejected`] : []),
        ...(atRest && known !== end
          ? [`${name} has ${end} records: ${good.size} passed on and ${bad.size} rejected make ${known}`]
          : []),
      ];
    });

  function placesIn(topics: readonly string[]): Map<string, Set<number>> {
    const places = new Map<string, Set<number>>();
    for (const { source, offset } of topics.flatMap((topic) => books.lanes(topic)).flatMap(({ rows }) => rows)) {
      const offsets = places.get(writerOf(source)) ?? new Set<number>();
      places.set(writerOf(source), offsets);
      offsets.add(offset);
    }
    return places;
  }
}
