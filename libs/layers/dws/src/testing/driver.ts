import { DEFAULT_RULES, type Fact } from '@millrace/ads';
import { cellOf, type Emission, type Output, type RowPosition } from '@millrace/stream';
import { createDws, type DwsOptions } from '..';
import { MetricStore } from './metric-store';

const SILENT: Output = { emit: () => undefined };
const AT: RowPosition = { source: { topic: 'ods.action', partition: 0 }, epoch: 1, offset: 0, ordinal: 0 };

/** One partition of DWS and what stands behind it. The position is the number of facts fed. */
export class Driver {
  readonly store = new MetricStore();
  readonly dws;
  position = 0;

  constructor(
    options: Partial<DwsOptions> = {},
    partition = 3,
    readonly epoch = 1,
  ) {
    this.dws = createDws({ rules: DEFAULT_RULES, ...options }).create({ topic: 'dwd.fact', partition });
  }

  feed(...facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.dws.process(fact, -Infinity, SILENT, AT);
      this.position++;
    }
  }

  advance(watermark_ms: number): void {
    this.dws.advance(watermark_ms, SILENT);
  }

  /** An emission that the stores take. */
  emit(): Emission | null {
    const emission = this.dws.collect(this.position, this.epoch);
    this.store.put(emission);
    if (emission !== null) this.dws.acknowledge(emission);
    return emission;
  }
}

/** Cells of one emission's only block. */
export const rowsOf = (emission: Emission | null): Record<string, unknown>[] =>
  (emission?.blocks ?? []).flatMap(({ columns, values, rows }) =>
    Array.from({ length: rows }, (_, row) =>
      Object.fromEntries(columns.map(({ name }, column) => [name, cellOf(values[column] ?? [], row)])),
    ),
  );
