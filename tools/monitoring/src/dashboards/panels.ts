import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { runbookUrl } from '../runbooks';
import type { Query } from './queries';

export interface PanelOptions {
  readonly title: string;
  /** What is seen, and when it is wrong; to the runbooks of alerts that it names, the panel has links. */
  readonly description: string;
  readonly queries: readonly Query[];
  /** Grafana's name of the unit, such as `s`, `bytes`, `short`, `percentunit`. */
  readonly unit: string;
  /** Of the 24 columns of the grid. */
  readonly width: number;
  readonly height?: number;
  /** From which values on it is yellow and red. */
  readonly limits?: { readonly yellow?: number; readonly red: number };
}

export interface GraphOptions extends PanelOptions {
  readonly stacked?: boolean;
  /** Bars, one per row: what is counted per day. */
  readonly bars?: boolean;
  readonly max?: number;
}

const HEIGHT = 8;

/** Lines over time. */
export const graph = ({ stacked = false, bars = false, max, ...options }: GraphOptions): Builder<Panel> => {
  const panel = new TimeSeriesBuilder()
    .fillOpacity(stacked || bars ? 60 : 8)
    .lineWidth(1)
    .showPoints(bars ? VisibilityMode.Auto : VisibilityMode.Never)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (bars) panel.drawStyle(GraphDrawStyle.Bars);
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (max !== undefined) panel.max(max);
  return described(panel, options);
};

/** One number, or one per series, as it is now. */
export const stat = (options: PanelOptions): Builder<Panel> =>
  described(
    new StatBuilder()
      .graphMode(BigValueGraphMode.None)
      .colorMode(BigValueColorMode.Value)
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false)),
    { height: 4, ...options },
  );

export const table = (options: PanelOptions): Builder<Panel> => described(new TableBuilder().showHeader(true), options);

/** Words. */
export const text = (title: string, content: string, width: number, height: number): Builder<Panel> =>
  new TextBuilder().title(title).mode(TextMode.Markdown).content(content).span(width).height(height);

/** What all panels have. */
interface Describing {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  span(width: number): this;
  height(height: number): this;
  targets(queries: Query[]): this;
  links(links: DashboardLinkBuilder[]): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
}

const described = <P extends Describing & Builder<Panel>>(panel: P, options: PanelOptions): P => {
  const { title, description, queries, unit, width, height = HEIGHT, limits } = options;
  panel.title(title).description(description).unit(unit).span(width).height(height).targets(lettered(queries));
  const runbooks = [...new Set(description.match(/\bMillrace[A-Z]\w*/g))].map((alert) =>
    new DashboardLinkBuilder(alert).type(DashboardLinkType.Link).url(runbookUrl(alert)).targetBlank(true),
  );
  if (runbooks.length > 0) panel.links(runbooks);
  if (limits !== undefined) panel.thresholds(thresholds(limits));
  return panel;
};

const thresholds = ({ yellow, red }: { readonly yellow?: number; readonly red: number }): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: 'green' },
      ...(yellow === undefined ? [] : [{ value: yellow, color: 'yellow' }]),
      { value: red, color: 'red' },
    ]);

/** Grafana tells the queries of a panel apart by letters. */
const lettered = (queries: readonly Query[]): Query[] =>
  queries.map((query, at) => ({ build: () => Object.assign(query.build(), { refId: String.fromCharCode(65 + at) }) }));
