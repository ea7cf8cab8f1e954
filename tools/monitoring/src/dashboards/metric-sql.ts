import { columnsAt, GRAINS, METRICS, metricsQuery, type MetricsRequest, RATIOS, zoneOf } from '@millrace/ads';
import { FROM, type GrafanaVariable, panelSql, TO } from './panel-sql';

/** What a panel asks of the summaries. */
export interface Asking {
  readonly grain: 'all' | 'merchant';
  /** `range`: one row for all days that begin within the dashboard's range. */
  readonly window: 'minute' | 'day' | 'range';
  readonly metrics: readonly string[];
  /** Only this merchant. */
  readonly merchant?: GrafanaVariable;
  readonly byMerchant?: boolean;
}

/** Stands for the dashboard's range while the statement is made: whole days, as the business has them. */
const ZONE = zoneOf('Asia/Shanghai');
const STAND_IN = { from_ms: ZONE.dayStart(20_000), to_ms: ZONE.dayStart(20_001) };

/**
 * The statement with which APP answers GET /v1/metrics, over the windows that begin within the range of the dashboard:
 * newest versions, summed over segments and partitions, minor units. `window_start` is in ms.
 */
const metricSql = ({ grain, window, metrics, merchant, byMerchant = false }: Asking): string => {
  const request: MetricsRequest = {
    grain,
    window: window === 'range' ? 'total' : window,
    ...STAND_IN,
    timezone: ZONE,
    filter: merchant === undefined ? {} : { merchant_id: ['stands for the variable'] },
    groupBy: byMerchant ? ['merchant_id'] : [],
    metrics,
    basis: 'conversion',
    model: 'last',
  };
  const { sql, params } = metricsQuery(request, { zone: ZONE });
  return panelSql({
    sql,
    params: {
      ...params,
      from: FROM,
      to: TO,
      ...(window === 'range' && { starts: [FROM] }),
      ...(merchant !== undefined && { merchant_id: [merchant] }),
    },
  });
};

const indented = (sql: string): string => sql.replaceAll(/^/gm, '  ');

/** `SELECT … FROM (what APP asks)`; a column of its own for each expression. */
const over = (asking: Asking, columns: readonly string[], end = 'ORDER BY 1'): string =>
  `SELECT ${columns.join(', ')}\nFROM (\n${indented(metricSql(asking))}\n)\n${end}`;

const TIME = 'fromUnixTimestamp64Milli(toInt64(window_start)) AS time';

/** Each column of the metrics over time. */
export const seriesSql = (asking: Asking): string => over(asking, [TIME, ...columnsOfAsking(asking)]);

/** A split metric by class: direct, indirect and organic are series of their own. */
export const classesSql = (asking: Omit<Asking, 'metrics'> & { readonly metric: string }): string => {
  const asked = { ...asking, metrics: [asking.metric] };
  return over(asked, [TIME, ...columnsOfAsking(asked).map((name) => `${name} AS ${name.slice(asking.metric.length + 1)}`)]);
};

/** One number for the range: the sum over the classes of a split metric. */
export const totalSql = (metric: string): string => {
  const asked: Asking = { grain: 'all', window: 'range', metrics: [metric] };
  // Nothing has happened where there is no row.
  return over(asked, [`sum(${columnsOfAsking(asked).join(' + ')}) AS ${metric}`], '').trimEnd();
};

/** A ratio (R16), from sums: over the range, or for each window. */
export const ratioSql = (ratio: string, window: Asking['window']): string => {
  const defined = RATIOS.find(({ name }) => name === ratio);
  if (defined === undefined) throw new RangeError(`there is no ratio ${ratio}`);
  const { numerator, denominator, scale } = defined;
  const sum = ({ metric, attributions }: typeof numerator): string =>
    (attributions ?? [null]).map((attribution) => (attribution === null ? metric : `${metric}_${attribution}`)).join(' + ');
  const value = `${scale === 1 ? '' : `${scale} * `}(${sum(numerator)}) / nullIf(${sum(denominator)}, 0) AS ${ratio}`;
  return over(
    { grain: 'all', window, metrics: [numerator.metric, denominator.metric] },
    window === 'range' ? [value] : [TIME, value],
  );
};

/** The merchants with the most GMV in the range, one row each. */
export const merchantsSql = (metrics: readonly string[], limit: number): string => {
  const asked: Asking = { grain: 'merchant', window: 'range', metrics, byMerchant: true };
  const summed = metrics.map((metric) => {
    const parts = columnsOfAsking({ ...asked, metrics: [metric] });
    return `${parts.join(' + ')} AS ${metric}`;
  });
  return over(asked, ['merchant_id', ...summed], `ORDER BY ${metrics.at(-1) ?? 'merchant_id'} DESC, merchant_id\nLIMIT ${limit}`);
};

const columnsOfAsking = ({ grain, metrics }: Asking): string[] => {
  const found = GRAINS.find(({ name }) => name === grain);
  if (found === undefined) throw new RangeError(`there is no grain ${grain}`);
  return columnsAt(
    found,
    METRICS.filter(({ name }) => metrics.includes(name)),
  ).map(({ name }) => name);
};
