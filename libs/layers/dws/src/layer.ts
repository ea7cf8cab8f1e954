import { factReach_ms, GRAINS, METRICS, TOPICS, type Fact, type Grain, type Metric, type Rules } from '@millrace/ads';
import type { Emitting, Layer, Operator, TopicPartition } from '@millrace/stream';
import { SummingOperator } from './summing-operator';

export interface DwsOptions {
  readonly rules: Pick<Rules, 'zone' | 'lateness_ms'>;
  readonly metrics?: readonly Metric[];
  readonly grains?: readonly Grain[];
  /** A segment of the log ends when it has this many accumulators: about 80 bytes each, and 220 more where an effect was. */
  readonly max_segment_rows?: number;
}

/** A layer whose operators are emitted on the runner's timer. */
export interface DwsLayer extends Layer {
  create(input: TopicPartition): Operator<Fact> & Emitting;
}

/** DWS: signed facts in, summaries out; into the stores, not into the log. */
export const createDws = ({ rules, metrics = METRICS, grains = GRAINS, max_segment_rows = 100_000 }: DwsOptions): DwsLayer => ({
  name: 'dws',
  inputs: [TOPICS.fact],
  outputs: {},
  // Its writers send watermarks, from which the disorder is already taken off.
  lateness_ms: 0,
  reach_ms: { [TOPICS.fact]: factReach_ms(rules) },
  create: ({ partition }) => new SummingOperator({ rules, metrics, grains, max_segment_rows }, partition),
});
