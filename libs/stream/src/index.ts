export type * from './operator';
export * from './frame';
export * from './ports';
export type { Mark } from './marks';
export type { Partitioner, Produced } from './output';
export { PartitionTask, type BatchCounts, type Task, type TaskOptions, type TaskState } from './task';
export { RawTask, type RawTaskOptions } from './raw-task';
export { Watermark } from './watermark';
