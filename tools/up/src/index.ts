/** The parts of `npm run up`, for whoever runs the five services otherwise. */
export { ask } from './asking';
export { UP_OPTIONS } from './options';
export { prepare } from './prepared';
export { rejectedIn } from './rejected';
export { environmentOf } from './services';
export { type Command, type ServiceOptions, ServiceProcess } from './service-process';
export { RULES, RULES_FILE, type Segment, segments, together } from './source/segment';
export { settled } from './settled';
