import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './frame';
import { graph, stat } from './panels';
import { promql } from './queries';
import { HERE, instanceVariable, namespaceVariable, prometheusVariable } from './variables';

/** What is asked; health and metrics are not. */
const ASKED = `${HERE}, route!~"/healthz/.*|/metrics"`;

/** Who asks what, what fails, and how long it takes. */
export const api = (): DashboardBuilder =>
  dashboard({
    uid: 'millrace-api',
    title: 'Millrace / API',
    description: 'Requests, errors and latency by route; live answers; what the process has left.',
    from: 'now-6h',
    refresh: '30s',
  })
    .withVariable(prometheusVariable())
    .withVariable(namespaceVariable())
    .withVariable(instanceVariable())
    .withPanel(
      stat({
        title: 'Requests per second',
        description: 'Without health and metrics.',
        queries: [promql(`sum(rate(millrace_api_requests_total{${ASKED}}[$__rate_interval]))`, 'requests')],
        unit: 'reqps',
        width: 6,
      }),
    )
    .withPanel(
      stat({
        title: 'Errors',
        description: 'Share of 5xx. MillraceApiErrors fires above 2 %.',
        queries: [
          promql(
            `(sum(rate(millrace_api_requests_total{${ASKED}, code=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(millrace_api_requests_total{${ASKED}}[$__rate_interval]))`,
            'errors',
          ),
        ],
        unit: 'percentunit',
        width: 6,
        limits: { yellow: 0.005, red: 0.02 },
      }),
    )
    .withPanel(
      stat({
        title: 'p99',
        description: 'One request of a hundred takes longer.',
        queries: [
          promql(
            `histogram_quantile(0.99, sum by (le) (rate(millrace_api_request_seconds_bucket{${ASKED}}[$__rate_interval])))`,
            'p99',
          ),
        ],
        unit: 's',
        width: 6,
        limits: { yellow: 1, red: 2 },
      }),
    )
    .withPanel(
      stat({
        title: 'Being answered',
        description: 'Requests in flight, live answers included.',
        queries: [promql(`sum(millrace_api_requests_in_flight{${HERE}})`, 'in flight')],
        unit: 'short',
        width: 6,
      }),
    )
    .withRow(new RowBuilder('By route'))
    .withPanel(
      graph({
        title: 'Requests by route',
        description: 'Per second, by route.',
        queries: [
          promql(
            `sum by (method, route) (rate(millrace_api_requests_total{${ASKED}}[$__rate_interval]))`,
            '{{method}} {{route}}',
          ),
        ],
        unit: 'reqps',
        width: 12,
        stacked: true,
      }),
    )
    .withPanel(
      graph({
        title: 'Requests by code',
        description: 'Per second, by status code: 4xx are the clients’, 5xx ours.',
        queries: [promql(`sum by (code) (rate(millrace_api_requests_total{${ASKED}}[$__rate_interval]))`, '{{code}}')],
        unit: 'reqps',
        width: 12,
        stacked: true,
      }),
    )
    .withPanel(
      graph({
        title: 'p50 by route',
        description: 'Half of the requests take longer.',
        queries: [quantile(0.5)],
        unit: 's',
        width: 12,
      }),
    )
    .withPanel(
      graph({
        title: 'p99 by route',
        description: 'One request of a hundred takes longer. MillraceApiLatency fires above 2 s.',
        queries: [quantile(0.99)],
        unit: 's',
        width: 12,
        limits: { red: 2 },
      }),
    )
    .withRow(new RowBuilder('What the process has left'))
    .withPanel(
      graph({
        title: 'Delay of the event loop, p99',
        description: 'Above 0.1 s the process is too busy to answer in time.',
        queries: [promql(`max by (instance) (millrace_event_loop_delay_seconds{${HERE}, stat="p99"})`, '{{instance}}')],
        unit: 's',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'CPU',
        description: 'Of one core. JavaScript uses one; compression and the stores’ clients some more.',
        queries: [promql(`sum by (instance) (rate(process_cpu_seconds_total{${HERE}}[$__rate_interval]))`, '{{instance}}')],
        unit: 'percentunit',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Redis held against ClickHouse',
        description: 'Comparisons per minute, by outcome. `different` must not be there: MillraceStoresDisagree.',
        queries: [
          promql(`sum by (outcome) (rate(millrace_store_comparisons_total{${HERE}}[$__rate_interval])) * 60`, '{{outcome}}'),
        ],
        unit: 'short',
        width: 8,
      }),
    );

const quantile = (q: number) =>
  promql(
    `histogram_quantile(${q}, sum by (method, route, le) (rate(millrace_api_request_seconds_bucket{${ASKED}}[$__rate_interval])))`,
    '{{method}} {{route}}',
  );
