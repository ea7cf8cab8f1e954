import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './frame';
import { graph, stat } from './panels';
import { promql } from './queries';
import { HERE, instanceVariable, namespaceVariable, prometheusVariable } from './variables';

/** Whether Kafka, ClickHouse and Redis take what is written, how long it takes, and in how big pieces. */
export const sinks = (): DashboardBuilder =>
  dashboard({
    uid: 'millrace-sinks',
    title: 'Millrace / Sinks',
    description: 'Writes to Kafka, ClickHouse and Redis: latency, sizes, retries, failures; whether both stores say the same.',
    from: 'now-6h',
    refresh: '30s',
  })
    .withVariable(prometheusVariable())
    .withVariable(namespaceVariable())
    .withVariable(instanceVariable())
    .withPanel(
      stat({
        title: 'Servers',
        description:
          'By server: 1 while it answers all programs and has what they need, 0 when one of them misses it. MillraceDependencyDown.',
        queries: [promql(`min by (dependency) (millrace_dependency_up{${HERE}})`, '{{dependency}}')],
        unit: 'short',
        width: 9,
      }),
    )
    .withPanel(
      stat({
        title: 'Taken nothing for',
        description: 'Since a write was last acknowledged, by sink. It grows by itself where there is nothing to write.',
        queries: [promql(`time() - max by (sink) (millrace_sink_success_timestamp_seconds{${HERE}})`, '{{sink}}')],
        unit: 's',
        width: 9,
      }),
    )
    .withPanel(
      stat({
        title: 'Redis ≠ ClickHouse',
        description: 'Day rows that differed at one position of the log, within a day. Must be 0: MillraceStoresDisagree.',
        queries: [promql(`sum(increase(millrace_store_rows_differing_total{${HERE}}[1d]))`, 'rows')],
        unit: 'short',
        width: 6,
        limits: { red: 1 },
      }),
    )
    .withRow(new RowBuilder('Writes'))
    .withPanel(
      graph({
        title: 'Writes per second',
        description: 'By sink: acknowledged or failed.',
        queries: [promql(`sum by (sink) (rate(millrace_sink_seconds_count{${HERE}}[$__rate_interval]))`, '{{sink}}')],
        unit: 'wps',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Latency, p50 and p99',
        description: 'Of one write until it was acknowledged or failed, retries included.',
        queries: [0.5, 0.99].map((q) =>
          promql(
            `histogram_quantile(${q}, sum by (sink, le) (rate(millrace_sink_seconds_bucket{${HERE}}[$__rate_interval])))`,
            `{{sink}} p${q * 100}`,
          ),
        ),
        unit: 's',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Size of a write, mean',
        description: 'Records, rows or values. Small writes are dear.',
        queries: [
          promql(
            `sum by (sink) (rate(millrace_sink_rows_sum{${HERE}}[$__rate_interval])) / sum by (sink) (rate(millrace_sink_rows_count{${HERE}}[$__rate_interval]))`,
            '{{sink}}',
          ),
        ],
        unit: 'short',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Retries',
        description: 'Attempts that failed and were made again, per minute. For 5 minutes: MillraceSinkFailing.',
        queries: [promql(`sum by (sink) (rate(millrace_sink_retries_total{${HERE}}[$__rate_interval])) * 60`, '{{sink}}')],
        unit: 'short',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Failures',
        description: 'Writes that failed for good, per minute; of Redis: values that it missed until its next fill.',
        queries: [promql(`sum by (sink) (rate(millrace_sink_failures_total{${HERE}}[$__rate_interval])) * 60`, '{{sink}}')],
        unit: 'short',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Requests to Kafka made again',
        description: 'Other than appends, per minute.',
        queries: [
          promql(
            `sum by (instance) (rate(millrace_kafka_requests_retried_total{${HERE}}[$__rate_interval])) * 60`,
            '{{instance}}',
          ),
        ],
        unit: 'short',
        width: 8,
      }),
    )
    .withRow(new RowBuilder('Emissions'))
    .withPanel(
      graph({
        title: 'Rows written to ClickHouse',
        description: 'Per second, by table.',
        queries: [promql(`sum by (table) (rate(millrace_emitted_rows_total{${HERE}}[$__rate_interval]))`, '{{table}}')],
        unit: 'short',
        width: 8,
        stacked: true,
      }),
    )
    .withPanel(
      graph({
        title: 'Time of an emission, p99',
        description: 'From collecting changed rows until every store has acknowledged them.',
        queries: [
          promql(
            `histogram_quantile(0.99, sum by (instance, le) (rate(millrace_emission_seconds_bucket{${HERE}}[$__rate_interval])))`,
            '{{instance}}',
          ),
        ],
        unit: 's',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Rows that wait for the next emission',
        description: 'By layer. They grow when the stores do not take what is made.',
        queries: [promql(`sum by (layer) (millrace_pending_rows{${HERE}})`, '{{layer}}')],
        unit: 'short',
        width: 8,
      }),
    )
    .withRow(new RowBuilder('Frames'))
    .withPanel(
      graph({
        title: 'Rows of a frame, mean',
        description: 'By the topic they are written to; ticks have none.',
        queries: [
          promql(
            `sum by (topic) (rate(millrace_frame_rows_sum{${HERE}}[$__rate_interval])) / sum by (topic) (rate(millrace_frame_rows_count{${HERE}}[$__rate_interval]))`,
            '{{topic}}',
          ),
        ],
        unit: 'short',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Bytes of a frame, p99',
        description: 'Before compression. The brokers’ largest message is 1 MiB unless they are told otherwise.',
        queries: [
          promql(
            `histogram_quantile(0.99, sum by (topic, le) (rate(millrace_frame_bytes_bucket{${HERE}}[$__rate_interval])))`,
            '{{topic}}',
          ),
        ],
        unit: 'bytes',
        width: 8,
        limits: { red: 1_000_000 },
      }),
    )
    .withPanel(
      graph({
        title: 'Rows of a batch, mean',
        description: 'By layer: what is read and processed at once.',
        queries: [
          promql(
            `sum by (layer) (rate(millrace_batch_rows_sum{${HERE}}[$__rate_interval])) / sum by (layer) (rate(millrace_batch_rows_count{${HERE}}[$__rate_interval]))`,
            '{{layer}}',
          ),
        ],
        unit: 'short',
        width: 8,
      }),
    );
