import { ConversionsAnswerSchema } from './conversions/schema';
import { EVENT_COMPONENTS, EventResultsSchema } from './events/schema';
import { HealthSchema } from './health/schema';
import { MetricsAnswerSchema } from './metrics/schema';
import { LateAnswerSchema } from './late/schema';
import { RejectedAnswerSchema } from './rejected/schema';
import { ProblemSchema } from './problem/schema';

/** Every named schema of the document; routes refer to them as `Name#`. */
export const COMPONENTS = [
  ...EVENT_COMPONENTS,
  EventResultsSchema,
  MetricsAnswerSchema,
  ConversionsAnswerSchema,
  RejectedAnswerSchema,
  LateAnswerSchema,
  HealthSchema,
  ProblemSchema,
];
