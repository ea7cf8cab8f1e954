import { columnsOf, METRIC_TABLE, METRICS, PROGRESS } from '@millrace/ads';
import { positionIn, progressOf, type Row, StoreError, type Tables } from './clickhouse';

type Parameters = Readonly<Record<string, unknown>>;

const PATH = ['merchant_id', 'campaign_id', 'ad_id', 'item_id'];
const SUMS = columnsOf(METRICS).map(({ name }) => name);

/**
 * What two statements of libs/ads mean: how far each partition is, and sums of stored rows by window and keys. They are
 * told apart by their parameters; which keys and sums are asked for is in the text.
 */
export function answer(tables: Tables, sql: string, params: Parameters): Row[] {
  if (params['window'] === PROGRESS) {
    const progress = [...progressOf(tables)].sort(([a], [b]) => a - b);
    const told = progress.map(([partition, row]) => ({
      partition,
      position: positionIn(row),
      watermark: Number(row['watermark']),
    }));
    if (params['rows'] === undefined) return told;
    const newest = newestOf(tables, params);
    return [
      ...progress.map(([partition, { version }], at) => ({ ...told[at], ahead: isAhead(newest.get(partition), version) })),
      ...[...newest.keys()]
        .filter((partition) => !progress.some(([known]) => known === partition))
        .map((partition) => ({ partition, position: 0, watermark: 0, ahead: 1 })),
    ];
  }
  if (params['bases'] === undefined || params['basis'] !== 'conversion' || params['starts'] !== undefined)
    throw new StoreError(`not known here: ${sql}`);
  return sums(tables, sql, params);
}

const isAsked = (row: Row, params: Parameters): boolean =>
  row['grain'] === params['grain'] &&
  row['window'] === params['rows'] &&
  (params['bases'] as string[]).includes(String(row['basis'])) &&
  (params['models'] as string[]).includes(String(row['model'])) &&
  Number(row['window_start']) >= Number(params['from']) &&
  Number(row['window_start']) < Number(params['to']) &&
  PATH.every((field) => params[field] === undefined || (params[field] as string[]).includes(String(row[field])));

/** The highest version among the rows asked for, by partition. */
function newestOf(tables: Tables, params: Parameters): Map<number, number> {
  const newest = new Map<number, number>();
  for (const row of tables.rows(METRIC_TABLE).values()) {
    if (!isAsked(row, params)) continue;
    const partition = Number(row['partition']);
    newest.set(partition, Math.max(newest.get(partition) ?? 0, Number(row['version'])));
  }
  return newest;
}

const isAhead = (version: number | undefined, progress: Row[string] | undefined): 0 | 1 =>
  (version ?? 0) > Number(progress) ? 1 : 0;

function sums(tables: Tables, sql: string, params: Parameters): Row[] {
  const named = new Set([...sql.matchAll(/ AS `(\w+)`/g)].map(([, name]) => name));
  const keys = ['window_start', ...PATH.filter((field) => named.has(field))];
  const columns = SUMS.filter((name) => named.has(name));
  const groups = new Map<string, Record<string, string | number | null>>();
  for (const row of tables.rows(METRIC_TABLE).values()) {
    if (!isAsked(row, params)) continue;
    const key = keys.map((name) => String(row[name])).join('\u0000');
    const group = groups.get(key) ?? Object.fromEntries(keys.map((name) => [name, row[name] ?? null]));
    groups.set(key, group);
    for (const name of columns) group[name] = Number(group[name] ?? 0) + Number(row[name]);
  }
  return [...groups.entries()]
    .filter(([, group]) => columns.some((name) => group[name] !== 0))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => group);
}
