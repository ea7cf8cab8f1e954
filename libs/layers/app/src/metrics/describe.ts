import { METRICS, type DateBasis, type Metric, type Ratio } from '@millrace/ads';
import type { Selection } from './selection';

/** What stands beside the numbers, so that they can be read without the manual. */
export interface MetricDescription {
  readonly unit: Metric['unit'] | 'ratio';
  readonly description: string;
  /** Whether a sealed day may still change (R14). */
  readonly restatable: boolean;
}

export const describeSelection = ({ metrics, ratios }: Selection, basis: DateBasis): Record<string, MetricDescription> => ({
  ...Object.fromEntries(
    metrics.map(({ metric }) => [
      metric.name,
      { unit: metric.unit, description: metric.description, restatable: isRestatable(metric, basis) },
    ]),
  ),
  ...Object.fromEntries(
    ratios.map((ratio) => [
      ratio.name,
      {
        unit: 'ratio' as const,
        description: ratio.description,
        restatable: partsOf(ratio).some((metric) => isRestatable(metric, basis)),
      },
    ]),
  ),
});

/** By the day of the click, every effect restates the past while its cohort matures (R13). */
const isRestatable = (metric: Metric, basis: DateBasis): boolean => metric.restatable || (basis === 'click' && metric.split);

const partsOf = ({ numerator, denominator }: Ratio): readonly Metric[] =>
  METRICS.filter(({ name }) => name === numerator.metric || name === denominator.metric);
