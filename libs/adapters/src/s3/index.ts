export type { S3Options } from './options';
export { S3SnapshotStore } from './store';
