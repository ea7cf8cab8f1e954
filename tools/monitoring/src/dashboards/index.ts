import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { api } from './api';
import { business } from './business';
import { overview } from './overview';
import { sinks } from './sinks';
import { state } from './state';

/** All dashboards, by the name of their file in deploy/monitoring/dashboards. */
export const dashboards = (): Readonly<Record<string, Dashboard>> => ({
  'overview.json': overview().build(),
  'state.json': state().build(),
  'sinks.json': sinks().build(),
  'api.json': api().build(),
  'business.json': business().build(),
});

/** As the file has it. */
export const written = (dashboard: Dashboard): string => `${JSON.stringify(finished(dashboard), null, 2)}\n`;

/** The SDK puts what only an interval has upon every variable; Grafana's schema knows it not. */
const OF_INTERVALS = new Set(['auto', 'auto_min', 'auto_count']);

/** With numbers of its own for the panels: Grafana would give them others at each import. */
const finished = (dashboard: Dashboard): Dashboard => ({
  ...dashboard,
  templating: {
    list: (dashboard.templating?.list ?? []).map(
      (variable) => Object.fromEntries(Object.entries(variable).filter(([key]) => !OF_INTERVALS.has(key))) as typeof variable,
    ),
  },
  panels: (dashboard.panels ?? []).map((panel, at) => ({ ...panel, id: at + 1 })),
});
