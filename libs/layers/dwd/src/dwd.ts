import type { Model, Rules } from '@millrace/ads';
import { TOPICS, zoneOf } from '@millrace/ads';
import type { Layer, TopicPartition } from '@millrace/stream';
import { Actions } from './actions';
import { SegmentedClicks } from './clicks/segmented-clicks';
import { Exposures } from './exposures/exposures';

export interface DwdOptions {
  readonly rules: Rules;
  /** Models kept beside the default one (R4). */
  readonly models?: readonly Model[];
}

/** DWD as a value: two operators, each over a log of its own (D1). */
export const createDwd = ({ rules, models = [] }: DwdOptions) => {
  const zone = zoneOf(rules.zone);
  const operators: (Actions | Exposures)[] = [];
  const layer = {
    name: 'dwd',
    inputs: [TOPICS.action, TOPICS.exposure],
    outputs: { fact: TOPICS.fact, late: TOPICS.late },
    lateness_ms: rules.lateness_ms,
    /** What was created, for counts. */
    operators,
    create({ topic }: TopicPartition): Actions | Exposures {
      const retention_ms = rules.window_ms + rules.invalidation_ms + rules.lateness_ms;
      const operator = topic === TOPICS.exposure ? new Exposures(rules, zone) : new Actions(rules, zone, new SegmentedClicks(retention_ms), models);
      operators.push(operator);
      return operator;
    },
  };
  return layer satisfies Layer;
};
