export type { RedisAddress, RedisOptions, RedisPlace } from './options';
export { RedisServingStore } from './store';
