import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARDS } from '../places';

/** A dashboard's file, as far as it is read here. */
export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelFile[];
  readonly templating: { readonly list: readonly VariableFile[] };
}
export interface PanelFile {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly links?: readonly { readonly url: string }[];
}
export interface Target {
  readonly refId: string;
  readonly expr?: string;
  readonly instant?: boolean;
  readonly rawSql?: string;
  readonly format?: number | string;
}
export interface VariableFile {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query?: string; readonly rawSql?: string };
}

export const dashboardNames = (): string[] => readdirSync(DASHBOARDS).sort();
export const dashboardText = (name: string): string => readFileSync(join(DASHBOARDS, name), 'utf8');
export const dashboardFile = (name: string): DashboardFile => JSON.parse(dashboardText(name)) as DashboardFile;

/** A query of a panel, and where it stands. */
export interface Asked {
  readonly where: string;
  readonly target: Target;
}

export const asked = (): Asked[] =>
  dashboardNames().flatMap((name) =>
    dashboardFile(name).panels.flatMap(({ title, targets = [] }) =>
      targets.map((target) => ({ where: `${name}: ${title} ${target.refId}`, target })),
    ),
  );

/** What Grafana puts into a query of Prometheus. A rate is taken over `rate`. */
export const promqlOf = (expr: string, { rate }: { readonly rate: string }): string =>
  expr.replaceAll(/\$__(rate_interval|interval|range)\b/g, rate).replaceAll(/\$\{?\w+\}?/g, '.*');
