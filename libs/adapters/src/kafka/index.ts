export { AppendFailedError, MembershipLostError } from './errors';
export { KafkaLog } from './log';
export type { Credentials, KafkaOptions } from './options';
export type { Finding } from './topic-findings';
export { reconcileTopics } from './topics';
