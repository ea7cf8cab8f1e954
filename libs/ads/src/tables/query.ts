import { LAST_TOUCH } from '../attribution';
import { WHOLE_CREDIT } from '../facts';
import { METRICS, type Column, type DateBasis, type Grain } from '../metrics';
import { columnsAt } from './columns';
import { METRIC_TABLE } from './metric-table';
import { planOf } from './refusal';
import type { Definitions, MetricsRequest } from './request';
import type { Source } from './source';
import type { Statement } from './statement';
import { quoted } from './table';

/** The date basis under which numbers that no credit touches are stored, once. */
const OWN_DAY: DateBasis = 'conversion';

/**
 * The statement that answers a request (`MetricsRow`): sums over segments and partitions of the newest version of every
 * row. Ordered by window, then keys. Throws for a request that is refused (`refusalOf`).
 */
export const metricsQuery = (request: MetricsRequest, definitions: Definitions): Statement => {
  const plan = planOf(request, definitions);
  if ('code' in plan) throw new TypeError(`${plan.code}: ${plan.detail}`);
  const { grain, source } = plan;
  const { metrics = METRICS } = definitions;
  const columns = columnsAt(
    grain,
    metrics.filter(({ name }) => request.metrics.includes(name)),
  );
  const start = `toUnixTimestamp64Milli(t.${quoted('window_start')})`;
  const keys = [
    `${source.starts === null ? start : `roundDown(${start}, {starts:Array(Int64)})`} AS ${quoted('window_start')}`,
    ...request.groupBy.map((field) => `t.${quoted(field)} AS ${quoted(field)}`),
  ];
  const read = rowsOf(request, source, grain);
  return {
    // Columns are qualified because names of the answer hide those of the table.
    sql: [
      `SELECT ${[...keys, ...columns.map((column) => `${sumOf(column, request)} AS ${quoted(column.name)}`)].join(',\n  ')}`,
      `FROM ${quoted(METRIC_TABLE)} AS t FINAL`,
      `WHERE ${read.sql}`,
      `GROUP BY ${positions(keys)}`,
      // What was booked and taken back leaves rows that sum to nothing; an answer says what happened, not what was once believed.
      `HAVING ${columns.map(({ name }) => `${quoted(name)} != 0`).join(' OR ')}`,
      `ORDER BY ${positions(keys)}`,
      ...(request.limit === undefined ? [] : ['LIMIT {limit:UInt32}']),
      // A row's versions never lie in two partitions, so each month is merged by itself.
      'SETTINGS do_not_merge_across_partitions_select_final = 1',
    ].join('\n'),
    params: {
      ...read.params,
      basis: request.basis,
      model: request.model,
      ...(source.starts === null ? {} : { starts: source.starts }),
      ...(request.limit === undefined ? {} : { limit: request.limit }),
    },
  };
};

/** Which stored rows `metricsQuery` reads, as a condition on the table's columns. Throws for a request that is refused. */
export const rowsRead = (request: MetricsRequest, definitions: Definitions): Statement => {
  const plan = planOf(request, definitions);
  if ('code' in plan) throw new TypeError(`${plan.code}: ${plan.detail}`);
  return rowsOf(request, plan.source, plan.grain);
};

const rowsOf = ({ filter, basis, model }: MetricsRequest, { rows, from_ms, to_ms }: Source, { name }: Grain): Statement => {
  const filters = Object.entries(filter);
  return {
    sql: [
      't.`grain` = {grain:String} AND t.`window` = {rows:String}',
      '  AND t.`basis` IN {bases:Array(String)} AND t.`model` IN {models:Array(String)}',
      "  AND t.`window_start` >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')",
      "  AND t.`window_start` < fromUnixTimestamp64Milli({to:Int64}, 'UTC')",
      ...filters.map(([field]) => `  AND t.${quoted(field)} IN {${field}:Array(String)}`),
    ].join('\n'),
    params: {
      grain: name,
      rows,
      bases: [...new Set([OWN_DAY, basis])],
      models: [...new Set([LAST_TOUCH, model])],
      from: from_ms,
      to: to_ms,
      ...Object.fromEntries(filters),
    },
  };
};

/** `1, 2, 3` for three keys. */
const positions = (keys: readonly string[]): string => keys.map((_, index) => index + 1).join(', ');

/**
 * Of a split column, what the request's model and basis say. What no credit touches (exposures, clicks, cost) is the same
 * under all of them and is stored once. Counts of a model that shares credits are stored in micro-credits.
 */
const sumOf = ({ name, metric, attribution }: Column, { basis, model }: MetricsRequest): string => {
  const column = `t.${quoted(name)}`;
  if (basis === OWN_DAY && model === LAST_TOUCH) return `sum(${column})`;
  if (attribution === null) return `sumIf(${column}, t.\`basis\` = '${OWN_DAY}' AND t.\`model\` = '${LAST_TOUCH}')`;
  const sum = `sumIf(${column}, t.\`basis\` = {basis:String} AND t.\`model\` = {model:String})`;
  return model !== LAST_TOUCH && metric.unit === 'events' ? `${sum} / ${WHOLE_CREDIT}` : sum;
};
