import { LATE_TABLE, POSITION_COLUMNS, progressQuery, REJECTED_TABLE, type Table } from '@millrace/ads';
import {
  type DashboardBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { classesSql, merchantsSql, ratioSql, seriesSql, totalSql } from './metric-sql';
import { graph, stat, table, text } from './panels';
import { GrafanaVariable, panelSql } from './panel-sql';
import { sqlSeries, sqlTable } from './queries';
import { CLICKHOUSE, clickHouseVariable } from './variables';
import { dashboard } from './frame';

const MERCHANT = new GrafanaVariable('${merchant:singlequote}');
const MERCHANTS = 20;
const OFFERED_MERCHANTS = 200;

/** What the advertisers bought and what came of it: the numbers of APP, from the tables APP asks. */
export const business = (): DashboardBuilder =>
  dashboard({
    uid: 'millrace-business',
    title: 'Millrace / Business',
    description: 'Exposures, clicks, cost, orders and GMV, as GET /v1/metrics answers them. Money is in minor units.',
    from: 'now-14d/d',
    refresh: '1m',
  })
    .withVariable(clickHouseVariable())
    .withVariable(merchantVariable())
    .withRow(new RowBuilder('The range'))
    .withPanel(asOf())
    .withPanel(total('exposures', 'Exposures'))
    .withPanel(total('clicks', 'Clicks'))
    .withPanel(total('cost', 'Cost'))
    .withPanel(total('orders', 'Orders'))
    .withPanel(total('gmv', 'GMV'))
    .withPanel(total('refund_amount', 'Refunds'))
    .withRow(new RowBuilder('Days'))
    .withPanel(days('Exposures by day', 'Ads shown, per day of the business zone.', ['exposures']))
    .withPanel(days('Clicks by day', 'Valid clicks: not repeated within 2 s, not invalidated.', ['clicks']))
    .withPanel(days('Cost by day', 'What the advertisers pay for exposures and valid clicks, minor units.', ['cost']))
    .withPanel(
      classes(
        'Orders by day and class',
        'Order lines by the credit they got. A day may still change until it is sealed.',
        'orders',
      ),
    )
    .withPanel(classes('GMV by day and class', 'Amount paid, by payment day and credit, minor units.', 'gmv'))
    .withPanel(
      days('Users by day', 'Exact distinct users per day, of the whole platform. They cannot be summed over days (R15).', [
        'exposure_uv',
        'click_uv',
      ]),
    )
    .withPanel(ratio('ctr', 'Clicks per exposure', 'percentunit'))
    .withPanel(ratio('cvr', 'Attributed orders per click', 'percentunit'))
    .withPanel(ratio('roi', 'Attributed GMV per cost', 'short'))
    .withPanel(classes('Refunds by day and class', 'Amount refunded, by refund day and credit, minor units.', 'refund_amount'))
    .withPanel(classes('Messages by day and class', 'Consultations by the credit they got.', 'messages'))
    .withPanel(ratio('cpc', 'Cost per click, minor units', 'short'))
    .withRow(new RowBuilder('Minutes'))
    .withPanel(minutes('Exposures and clicks by minute', ['exposures', 'clicks']))
    .withPanel(minutes('Cost by minute', ['cost']))
    .withPanel(
      graph({
        title: 'Orders by minute and class',
        description: 'Order lines per minute. Choose a range of hours.',
        queries: [sqlSeries(classesSql({ grain: 'all', window: 'minute', metric: 'orders' }))],
        unit: 'short',
        width: 8,
        stacked: true,
      }),
    )
    .withRow(new RowBuilder('Merchants'))
    .withPanel(
      table({
        title: `The ${MERCHANTS} merchants with the most GMV`,
        description: 'Of the days that begin within the range; money in minor units.',
        queries: [sqlTable(merchantsSql(['exposures', 'clicks', 'cost', 'orders', 'gmv'], MERCHANTS))],
        unit: 'short',
        width: 24,
      }),
    )
    .withPanel(ofMerchant('Clicks of $merchant by day', 'clicks'))
    .withPanel(classesOfMerchant('Orders of $merchant by day and class', 'orders'))
    .withPanel(classesOfMerchant('GMV of $merchant by day and class', 'gmv'))
    .withRow(new RowBuilder('What is not in the numbers'))
    .withPanel(
      received(
        'Rejected records',
        'Per hour of receipt and reason: correct the declaration of the source, then replay.',
        REJECTED_TABLE,
      ),
    )
    .withPanel(received('Late lane', 'Per hour of receipt and reason: what a too-late event may have made wrong.', LATE_TABLE))
    .withPanel(
      text(
        'How to read this',
        [
          'Each statement is the one with which APP answers: newest versions of the rows, summed over segments and partitions.',
          'Days are those of the business time zone; a day is in the range when it begins in it.',
          '',
          '`GET /v1/metrics` says besides how sure each day is (live, closing, sealed) and answers by campaign, ad and item.',
        ].join('\n'),
        8,
        8,
      ),
    );

const asOf = () =>
  stat({
    title: 'As of',
    description: 'Event time up to which nothing is expected any more: the least over the partitions, as APP says it.',
    queries: [
      sqlTable(
        [
          'SELECT min(`watermark`) AS `as of`',
          `FROM (\n${panelSql(progressQuery()).replaceAll(/^/gm, '  ')}\n)`,
          // Of a partition that does not know its watermark yet, nothing can be said.
          'HAVING min(`watermark`) > 0',
        ].join('\n'),
      ),
    ],
    unit: 'dateTimeAsIso',
    width: 6,
  });

const total = (metric: string, title: string) =>
  stat({
    title,
    description: 'Of the days that begin within the range.',
    queries: [sqlTable(totalSql(metric))],
    unit: 'short',
    width: 3,
  });

const days = (title: string, description: string, metrics: readonly string[]) =>
  graph({
    title,
    description,
    queries: [sqlSeries(seriesSql({ grain: 'all', window: 'day', metrics }))],
    unit: 'short',
    width: 8,
    bars: true,
  });

const classes = (title: string, description: string, metric: string) =>
  graph({
    title,
    description,
    queries: [sqlSeries(classesSql({ grain: 'all', window: 'day', metric }))],
    unit: 'short',
    width: 8,
    bars: true,
    stacked: true,
  });

const ratio = (name: string, description: string, unit: string) =>
  graph({
    title: `${name.toUpperCase()} by day`,
    description: `${description}, per day, from sums.`,
    queries: [sqlSeries(ratioSql(name, 'day'))],
    unit,
    width: 8,
  });

const minutes = (title: string, metrics: readonly string[]) =>
  graph({
    title,
    description: 'Per minute of event time. Choose a range of hours.',
    queries: [sqlSeries(seriesSql({ grain: 'all', window: 'minute', metrics }))],
    unit: 'short',
    width: 8,
  });

const ofMerchant = (title: string, metric: string) =>
  graph({
    title,
    description: 'Per day of the business zone.',
    queries: [sqlSeries(seriesSql({ grain: 'merchant', window: 'day', metrics: [metric], merchant: MERCHANT }))],
    unit: 'short',
    width: 8,
    bars: true,
  });

const classesOfMerchant = (title: string, metric: string) =>
  graph({
    title,
    description: 'Per day of the business zone, by the credit.',
    queries: [sqlSeries(classesSql({ grain: 'merchant', window: 'day', metric, merchant: MERCHANT }))],
    unit: 'short',
    width: 8,
    bars: true,
    stacked: true,
  });

/** A row that was written twice is one: it stands at one place of the log. */
const received = (title: string, description: string, { name }: Table) =>
  graph({
    title,
    description,
    queries: [
      sqlSeries(
        [
          `SELECT toStartOfHour(ingest_time) AS time, reason, uniqExact(${POSITION_COLUMNS.join(', ')}) AS rows`,
          `FROM ${name}`,
          'WHERE ingest_time >= $__fromTime_ms AND ingest_time < $__toTime_ms',
          'GROUP BY time, reason',
          'ORDER BY time, reason',
        ].join('\n'),
      ),
    ],
    unit: 'short',
    width: 8,
    bars: true,
    stacked: true,
  });

const merchantVariable = () => {
  const rawSql = `SELECT merchant_id FROM (\n${merchantsSql(['exposures', 'gmv'], OFFERED_MERCHANTS)}\n)`;
  return new QueryVariableBuilder('merchant')
    .label('Merchant')
    .datasource(CLICKHOUSE)
    .query({ editorType: 'sql', queryType: 'table', format: 1, rawSql, refId: 'merchant' })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(false)
    .includeAll(false);
};
