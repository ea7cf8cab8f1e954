import { columnsOf, type Column, type Grain, type Metric } from '../metrics';

/** The columns that exist at a grain: where only credited effects are counted, nothing is organic (R16). */
export const columnsAt = (grain: Grain, metrics: readonly Metric[]): readonly Column[] =>
  columnsOf(metrics).filter(({ attribution }) => grain.organic || attribution !== 'organic');
