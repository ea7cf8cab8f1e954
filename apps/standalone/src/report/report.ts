import type { Zone } from '@millrace/ads';
import { Answers, check, checkLines, dayTable, type ReplayInput } from '@millrace/service/demo';
import type { Warehouse } from '../warehouse';
import type { RunDocument } from './document';
import { documentOf } from './document';
import { countLayers } from './layers';
import { layerLines } from './print';

export interface Report {
  readonly document: RunDocument;
  /** The same for people. */
  readonly text: string;
  /** The source knows its own totals, and they are others. */
  readonly differs: boolean;
}

/** What came of a replay, as the warehouse answers when it is asked by REST. */
export const report = async (
  warehouse: Warehouse,
  { zone, input, topics }: { readonly zone: Zone; readonly input: ReplayInput | null; readonly topics: readonly string[] },
): Promise<Report> => {
  const answers = new Answers((query) => warehouse.app.inject({ url: '/v1/metrics', query }), warehouse.olap, zone);
  const days = await answers.days();
  const totals = input?.totals() ?? null;
  const checked =
    input === null || totals === null ? null : await check(totals, days, answers, warehouse.census.counts(input.topic));
  const layers = await countLayers(warehouse, topics);
  const lines = [...layerLines(layers), '', ...dayTable(days), ...(checked === null ? [] : ['', ...checkLines(checked)])];
  return {
    document: documentOf(layers, days, checked),
    text: `${lines.join('\n')}\n`,
    differs: checked !== null && checked.equal !== checked.of,
  };
};
