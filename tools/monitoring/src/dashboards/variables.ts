import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** Which data source is asked is chosen on the dashboard. */
export const PROMETHEUS = { type: 'prometheus', uid: '${prometheus}' } as const;
export const CLICKHOUSE = { type: 'grafana-clickhouse-datasource', uid: '${clickhouse}' } as const;

export const prometheusVariable = () => new DatasourceVariableBuilder('prometheus').label('Prometheus').type(PROMETHEUS.type);

export const clickHouseVariable = () => new DatasourceVariableBuilder('clickhouse').label('ClickHouse').type(CLICKHOUSE.type);

/** Every series of Millrace has these labels from the scrape; without Kubernetes the namespace may be missing, which `.*` matches. */
export const HERE = 'namespace=~"$namespace", instance=~"$instance"';

export const namespaceVariable = () => labelVariable('namespace', 'Namespace', 'label_values(millrace_build_info, namespace)');
export const instanceVariable = () =>
  labelVariable('instance', 'Instance', 'label_values(millrace_build_info{namespace=~"$namespace"}, instance)');

const labelVariable = (name: string, label: string, query: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(PROMETHEUS)
    .query({ query, refId: name })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
