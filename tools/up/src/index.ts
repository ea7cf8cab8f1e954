/** The parts of `npm run up`, for whoever runs the five services otherwise. */
export { ask } from './asking';
export { UP_OPTIONS } from './options';
export { prepare } from './prepared';
export { rejectedIn } from './rejected';
export { environmentOf } from './services';
export { type Command, type ServiceOptions, ServiceProcess } from './service-process';
export { settled } from './settled';
