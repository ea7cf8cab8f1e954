import {
  ATTRIBUTIONS,
  METRICS,
  RATIOS,
  type Attribution,
  type DateBasis,
  type Grain,
  type Metric,
  type Ratio,
} from '@millrace/ads';
import type { Faults } from '../problem/faults';
import { unknownName } from '../problem/nearest';

/** A metric of the answer; of a split one, which attributions. */
export interface Chosen {
  readonly metric: Metric;
  readonly attributions: readonly Attribution[];
}

/** What an answer shows of each row. */
export interface Selection {
  /** Named by the asker, who is refused what cannot be answered; else it is left out with a note. */
  readonly explicit: boolean;
  readonly metrics: readonly Chosen[];
  readonly ratios: readonly Ratio[];
}

const NAMES = [...METRICS, ...RATIOS].map(({ name }) => name);

/** The attributions that exist at a grain (R16). By the day of the click there is nothing without a click (R13). */
export const attributionsAt = (grain: Grain, basis: DateBasis): readonly Attribution[] =>
  grain.organic && basis === 'conversion' ? ATTRIBUTIONS : ATTRIBUTIONS.filter((each) => each !== 'organic');

/** All there is: what an asker gets who names nothing. */
export const everything = (attributions: readonly Attribution[]): Selection => ({
  explicit: false,
  metrics: METRICS.map((metric) => ({ metric, attributions: metric.split ? attributions : [] })),
  ratios: RATIOS,
});

/** `clicks,orders,gmv.direct,ctr` */
export const parseSelection = (names: readonly string[], attributions: readonly Attribution[], faults: Faults): Selection => {
  if (names.length === 0) return everything(attributions);
  const metrics = new Map<string, Chosen>();
  const ratios = new Set<Ratio>();
  for (const given of names) {
    const [name = '', part] = given.split('.', 2);
    const ratio = RATIOS.find((each) => each.name === given);
    const metric = METRICS.find((each) => each.name === name);
    if (ratio) ratios.add(ratio);
    else if (!metric) faults.add('metrics', unknownName('metric', name, NAMES));
    else if (part === undefined) metrics.set(name, { metric, attributions: metric.split ? attributions : [] });
    else {
      const attribution = partOf(metric, part, faults);
      const before = metrics.get(name)?.attributions ?? [];
      if (attribution && !before.includes(attribution)) {
        metrics.set(name, { metric, attributions: ATTRIBUTIONS.filter((each) => each === attribution || before.includes(each)) });
      }
    }
  }
  return { explicit: true, metrics: [...metrics.values()], ratios: [...ratios] };
};

const partOf = (metric: Metric, part: string, faults: Faults): Attribution | undefined => {
  if (!metric.split) return faults.add('metrics', `${metric.name} is not split by attribution. Ask for ${metric.name}.`);
  const attribution = ATTRIBUTIONS.find((each) => each === part);
  return attribution ?? faults.add('metrics', unknownName('attribution', part, ATTRIBUTIONS));
};

/** The stored metrics that must be read: those shown, and those the ratios are made of. */
export const metricsToRead = ({ metrics, ratios }: Selection): readonly string[] => [
  ...new Set([
    ...metrics.map(({ metric }) => metric.name),
    ...ratios.flatMap(({ numerator, denominator }) => [numerator.metric, denominator.metric]),
  ]),
];
