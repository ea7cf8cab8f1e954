import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './frame';
import { graph, stat, table } from './panels';
import { promql, promqlNow } from './queries';
import { HERE, instanceVariable, namespaceVariable, prometheusVariable } from './variables';

/** The chain, in the order of the flow: each step in rows per second. */
const CHAIN: readonly { readonly title: string; readonly description: string; readonly expr: string }[] = [
  {
    title: 'ODS in',
    description: 'Records of the outside world that ODS judged.',
    expr: `sum(rate(millrace_ods_in_total{${HERE}}[$__rate_interval]))`,
  },
  {
    title: 'ODS → DWD',
    description: 'Events that ODS made of them.',
    expr: `sum(rate(millrace_ods_out_total{${HERE}}[$__rate_interval]))`,
  },
  {
    title: 'DWD in',
    description: 'Events that DWD processed. The same as ODS gives, or DWD lags.',
    expr: `sum(rate(millrace_dwd_in_total{${HERE}}[$__rate_interval]))`,
  },
  {
    title: 'DWD → DWS',
    description: 'Facts, with the pairs of corrections, and rows of the late lane.',
    expr: `sum(rate(millrace_dwd_out_total{${HERE}}[$__rate_interval]))`,
  },
  {
    title: 'DWS in',
    description: 'Facts that DWS added.',
    expr: `sum(rate(millrace_rows_in_total{${HERE}, layer="dws"}[$__rate_interval]))`,
  },
  {
    title: 'ClickHouse',
    description:
      'Rows of dws_metric that ClickHouse acknowledged: whole rows of changed windows, so neither more nor less than facts by nature.',
    expr: `sum(rate(millrace_emitted_rows_total{${HERE}, table="dws_metric"}[$__rate_interval]))`,
  },
];

/** Whether the numbers are right, fresh and complete, on one page. */
export const overview = (): DashboardBuilder => {
  const board = dashboard({
    uid: 'millrace-overview',
    title: 'Millrace / Overview',
    description: 'Freshness, the flow through the layers, what is rejected, late or behind.',
    from: 'now-6h',
    refresh: '30s',
  })
    .withVariable(prometheusVariable())
    .withVariable(namespaceVariable())
    .withVariable(instanceVariable())
    .withPanel(
      stat({
        title: 'Numbers end',
        description: 'How long ago what can be asked for ends: the oldest partition. Above 5 min: MillraceFreshness.',
        queries: [promql(`max(time() - max by (topic, partition) (millrace_queryable_timestamp_seconds{${HERE}}))`, 'ago')],
        unit: 's',
        width: 4,
        limits: { yellow: 60, red: 300 },
      }),
    )
    .withPanel(
      stat({
        title: 'Ready',
        description: 'Processes that are ready, of all.',
        queries: [promql(`sum(millrace_ready{${HERE}})`, 'ready'), promql(`count(millrace_ready{${HERE}})`, 'of')],
        unit: 'short',
        width: 4,
      }),
    )
    .withPanel(
      stat({
        title: 'Rejected',
        description: 'Share of the records. Above 5 % of a topic: MillraceRejectedShare.',
        queries: [
          promql(
            `sum(rate(millrace_ods_rejected_total{${HERE}}[15m])) / sum(rate(millrace_ods_in_total{${HERE}}[15m]))`,
            'rejected',
          ),
        ],
        unit: 'percentunit',
        width: 4,
        limits: { yellow: 0.01, red: 0.05 },
      }),
    )
    .withPanel(
      stat({
        title: 'Later than B',
        description: 'Share of the events. Above 1 % of a topic: MillraceLateShare.',
        queries: [
          promql(`sum(rate(millrace_dwd_late_total{${HERE}}[1h])) / sum(rate(millrace_dwd_in_total{${HERE}}[1h]))`, 'late'),
        ],
        unit: 'percentunit',
        width: 4,
        limits: { yellow: 0.002, red: 0.01 },
      }),
    )
    .withPanel(
      stat({
        title: 'Conflicts',
        description: 'One identity with two bodies, in the last hour. Must be 0: MillraceConflict.',
        queries: [promql(`sum(increase(millrace_dwd_conflicts_total{${HERE}}[1h]))`, 'conflicts')],
        unit: 'short',
        width: 4,
        limits: { red: 1 },
      }),
    )
    .withPanel(
      stat({
        title: 'Stopped partitions',
        description: 'They wait for a decision. MillracePartitionStopped.',
        queries: [promql(`sum(millrace_partition_stopped{${HERE}})`, 'partitions')],
        unit: 'short',
        width: 4,
        limits: { red: 1 },
      }),
    )
    .withRow(new RowBuilder('The chain, rows per second'));
  for (const { title, description, expr } of CHAIN)
    board.withPanel(stat({ title, description, queries: [promql(expr, title)], unit: 'short', width: 4 }));
  return board
    .withPanel(
      graph({
        title: 'Rows into each layer',
        description:
          'Per second. ODS reads records of the outside, DWD and the archive what ODS gives, DWS and the archive what DWD gives.',
        queries: [
          promql(`sum by (layer, topic) (rate(millrace_rows_in_total{${HERE}}[$__rate_interval]))`, '{{layer}} ← {{topic}}'),
        ],
        unit: 'short',
        width: 12,
      }),
    )
    .withPanel(
      graph({
        title: 'Accepted events by type',
        description: 'Per second: whether one kind of event fails to come.',
        queries: [promql(`sum by (type) (rate(millrace_ods_accepted_total{${HERE}}[$__rate_interval]))`, '{{type}}')],
        unit: 'short',
        width: 12,
        stacked: true,
      }),
    )
    .withRow(new RowBuilder('Freshness and lag'))
    .withPanel(
      graph({
        title: 'Freshness, end to end',
        description:
          'When an emission is acknowledged: the present less the event time up to which everything in order can be asked for.',
        queries: [0.5, 0.99].map((q) =>
          promql(
            `histogram_quantile(${q}, sum by (le) (rate(millrace_freshness_seconds_bucket{${HERE}}[$__rate_interval])))`,
            `p${q * 100}`,
          ),
        ),
        unit: 's',
        width: 8,
        limits: { red: 300 },
      }),
    )
    .withPanel(
      graph({
        title: 'Lag in time',
        description: 'By layer: since the newest record that was read was appended, the slowest partition. MillraceLagHigh.',
        queries: [promql(`max by (layer) (millrace_lag_seconds{${HERE}})`, '{{layer}}')],
        unit: 's',
        width: 8,
        limits: { red: 300 },
      }),
    )
    .withPanel(
      graph({
        title: 'Lag in records',
        description: 'By layer and topic, all partitions.',
        queries: [promql(`sum by (layer, topic) (millrace_lag_records{${HERE}})`, '{{layer}} ← {{topic}}')],
        unit: 'short',
        width: 8,
      }),
    )
    .withRow(new RowBuilder('What is not as it should be'))
    .withPanel(
      graph({
        title: 'Rejected by reason',
        description: 'Per minute: correct the declaration of the source, then replay.',
        queries: [
          promql(
            `sum by (topic, reason) (rate(millrace_ods_rejected_total{${HERE}}[$__rate_interval])) * 60`,
            '{{topic}}: {{reason}}',
          ),
        ],
        unit: 'short',
        width: 8,
        stacked: true,
      }),
    )
    .withPanel(
      graph({
        title: 'Late by age',
        description: 'Per minute: events behind the watermark, by how far: up to 1 h, 3 h, 1 d, 3 d, or older.',
        queries: [promql(`sum by (age) (rate(millrace_dwd_late_by_age_total{${HERE}}[$__rate_interval])) * 60`, '{{age}}')],
        unit: 'short',
        width: 8,
        stacked: true,
      }),
    )
    .withPanel(
      graph({
        title: 'Late lane by reason',
        description: 'Per minute: what the batch layer has to put right. Empty until that has happened once.',
        queries: [promql(`sum by (reason) (rate(millrace_dwd_listed_total{${HERE}}[$__rate_interval])) * 60`, '{{reason}}')],
        unit: 'short',
        width: 8,
        stacked: true,
      }),
    )
    .withPanel(
      graph({
        title: 'Duplicates, conflicts, repeated clicks',
        description: 'Per minute. Each event counts once; of a conflict the first in the log stands.',
        queries: [
          promql(`sum(rate(millrace_dwd_duplicates_total{${HERE}}[$__rate_interval])) * 60`, 'duplicates'),
          promql(`sum(rate(millrace_dwd_conflicts_total{${HERE}}[$__rate_interval])) * 60`, 'conflicts'),
          promql(`sum(rate(millrace_dwd_repeated_total{${HERE}}[$__rate_interval])) * 60`, 'repeated clicks'),
          promql(`sum(rate(millrace_dwd_duplicate_lines_total{${HERE}}[$__rate_interval])) * 60`, 'order lines again'),
        ],
        unit: 'short',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Corrections',
        description: 'Per minute: credits that replaced another, because a click came after its conversion or was taken back.',
        queries: [
          promql(`sum(rate(millrace_dwd_corrections_total{${HERE}}[$__rate_interval])) * 60`, 'corrections'),
          promql(`sum(rate(millrace_dwd_repairs_total{${HERE}}[$__rate_interval])) * 60`, 'repairs of the batch layer'),
        ],
        unit: 'short',
        width: 8,
      }),
    )
    .withPanel(
      table({
        title: 'What is running',
        description: 'Version, commit and Node.js of each process.',
        queries: [promqlNow(`millrace_build_info{${HERE}}`)],
        unit: 'short',
        width: 8,
      }),
    );
};
