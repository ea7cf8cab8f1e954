import type { DwdCounters } from '@millrace/layer-dwd';
import { sumCounters } from '@millrace/layer-dwd';
import type { Warehouse } from '../warehouse';

/** What each layer took in and gave out, as one line each. */
export interface LayerCounts {
  readonly ods: { readonly in: number; readonly out: number; readonly rejected: Readonly<Record<string, number>> };
  readonly dwd: DwdCounters;
  readonly dws: { readonly in: number; readonly out: number };
  readonly app: { readonly in: number; readonly out: number };
}

/** ODS is counted by its topics, which a restart does not forget; DWD by its state, which is rebuilt. DWS and APP: this run. */
export const countLayers = async (
  { log, dwd, census, meter, asked }: Pick<Warehouse, 'log' | 'dwd' | 'census' | 'meter' | 'asked'>,
  rawTopics: readonly string[],
): Promise<LayerCounts> => {
  let records = 0;
  for (const topic of rawTopics) {
    for (let partition = 0; partition < log.partitions(topic); partition++)
      records += (await log.bounds({ topic, partition })).end;
  }
  const dwdCounts = sumCounters(dwd.operators.map(({ counters }) => counters));
  return {
    ods: { in: records, out: dwdCounts.in, rejected: census.counts() },
    dwd: dwdCounts,
    dws: { in: meter.sum('rows_in', { layer: 'dws' }), out: meter.sum('emitted_rows', { table: 'dws_metric' }) },
    app: { ...asked },
  };
};
