import type { Rules } from '@millrace/ads';
import { actionReach_ms, exposureReach_ms, TOPICS } from '@millrace/ads';
import type { Layer, TopicPartition } from '@millrace/stream';
import { Actions } from './actions';
import { SegmentedClicks } from './clicks/segmented-clicks';
import { Exposures } from './exposures/exposures';
import { Policy } from './policy';

/** DWD as a value: two operators, each over a log of its own (D1). */
export const createDwd = ({ rules }: { readonly rules: Rules }) => {
  const policy = new Policy(rules);
  const operators: (Actions | Exposures)[] = [];
  const layer = {
    name: 'dwd',
    inputs: [TOPICS.action, TOPICS.exposure],
    outputs: { fact: TOPICS.fact, late: TOPICS.late },
    /** Nobody waits for the late lane: it needs no watermark. */
    ticked: ['fact'],
    lateness_ms: rules.lateness_ms,
    reach_ms: { [TOPICS.action]: actionReach_ms(rules), [TOPICS.exposure]: exposureReach_ms(rules) },
    /** What was created, for counts. */
    operators,
    create({ topic }: TopicPartition): Actions | Exposures {
      const { window_ms, invalidation_ms } = policy.longest;
      const operator = topic === TOPICS.exposure ? new Exposures(policy) : new Actions(policy, new SegmentedClicks(window_ms + invalidation_ms + rules.lateness_ms));
      operators.push(operator);
      return operator;
    },
  };
  return layer satisfies Layer;
};
