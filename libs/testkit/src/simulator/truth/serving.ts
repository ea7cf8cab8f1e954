import {
  decodeServedDay,
  decodeServedProgress,
  GRAINS,
  LAST_TOUCH,
  METRICS,
  columnsOf,
  SERVED_GRAINS,
  servingKey,
  servingProgressKey,
  zoneOf,
} from '@millrace/ads';
import type { Row } from '../ports/clickhouse';
import type { ServedEntries } from '../ports/redis';

const COLUMNS = columnsOf(METRICS).map(({ name }) => name);

/**
 * Redis = ClickHouse, for the days that Redis says it keeps: each value is the sum over the segments of its partition, and
 * none is missing. `newest_ms` is the ingest time up to which a partition was read: entries expire some days after.
 */
export function servingObjections(
  rows: readonly Row[],
  served: ServedEntries,
  partitions: number,
  zone: string,
  mustBeThere: (partition: number) => boolean,
): string[] {
  const days = zoneOf(zone);
  const objections: string[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const told = served.get(servingProgressKey(partition));
    if (told === null) {
      if (mustBeThere(partition)) objections.push(`Redis: nothing says how far partition ${partition} is`);
      continue;
    }
    const from_ms = decodeServedProgress(told.value).from_ms ?? -Infinity;
    const expected = new Map<string, Record<string, number>>();
    for (const row of rows) {
      const grain = GRAINS.find(({ name }) => name === row['grain']);
      const start_ms = Number(row['window_start']);
      const isServed =
        grain !== undefined && SERVED_GRAINS.includes(grain.name) && row['window'] === 'day' && row['basis'] === 'conversion';
      if (!isServed || row['model'] !== LAST_TOUCH || Number(row['partition']) !== partition || start_ms < from_ms) continue;
      const path = grain.path.map((field) => String(row[field]));
      const key = servingKey(partition, grain.name, path, days.dayName(days.dayOf(start_ms)));
      const sums = expected.get(key) ?? {};
      expected.set(key, sums);
      for (const name of COLUMNS) sums[name] = (sums[name] ?? 0) + Number(row[name]);
    }
    for (const [key, sums] of expected) {
      const entry = served.get(key);
      if (entry === null) {
        if (mustBeThere(partition)) objections.push(`Redis: ${key} is missing`);
        continue;
      }
      const { values } = decodeServedDay(entry.value);
      for (const name of COLUMNS)
        if ((values[name] ?? 0) !== sums[name])
          objections.push(`Redis: ${key} has ${name} ${values[name] ?? 0}, ClickHouse ${sums[name] ?? 0}`);
    }
  }
  return objections;
}
