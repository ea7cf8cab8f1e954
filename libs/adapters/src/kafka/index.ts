export { AppendFailedError, MembershipLostError } from './errors';
export { KafkaLog } from './log';
export type { Credentials, KafkaOptions } from './options';
