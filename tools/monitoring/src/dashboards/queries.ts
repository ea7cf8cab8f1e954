import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { CLICKHOUSE, PROMETHEUS } from './variables';

/** What a panel asks. */
export type Query = Builder<Dataquery>;

/** @param legend how each series is named; `{{layer}}` stands for a label */
export const promql = (expr: string, legend: string): Query =>
  new DataqueryBuilder().datasource(PROMETHEUS).expr(expr).range().legendFormat(legend);

/** The newest value of each series, as the rows of a table. */
export const promqlNow = (expr: string): Query =>
  new DataqueryBuilder().datasource(PROMETHEUS).expr(expr).instant().format(PromQueryFormat.Table);

/** What the data source grafana-clickhouse-datasource is sent (version 4 and later). */
export interface ClickHouseQuery {
  readonly datasource: typeof CLICKHOUSE;
  readonly editorType: 'sql';
  readonly queryType: 'timeseries' | 'table';
  /** The same for the plugin's backend: 0 a time series, 1 a table. */
  readonly format: 0 | 1;
  readonly rawSql: string;
  readonly refId: string;
}

/** Rows with a column `time` first, ascending: each further column is a series. */
export const sqlSeries = (rawSql: string): Query => clickHouse(rawSql, 'timeseries');
export const sqlTable = (rawSql: string): Query => clickHouse(rawSql, 'table');

const clickHouse = (rawSql: string, queryType: ClickHouseQuery['queryType']): Query => ({
  build: () => {
    const query: ClickHouseQuery = {
      datasource: CLICKHOUSE,
      editorType: 'sql',
      queryType,
      format: queryType === 'table' ? 1 : 0,
      rawSql,
      refId: 'A',
    };
    return { ...query, _implementsDataqueryVariant: () => undefined };
  },
});
