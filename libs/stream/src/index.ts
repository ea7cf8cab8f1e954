export type * from './operator';
export * from './frame';
export { cellOf, isRepeated } from './cells';
export * from './ports';
export type { Mark } from './marks';
export type { Partitioner, Produced } from './output';
export { PartitionTask, type BatchCounts, type Task, type TaskOptions, type TaskState } from './task';
export { RawTask, type RawTaskOptions } from './raw-task';
export { EntryLog, NOT_LOGGED, type EntryFormat, type Logged } from './state/entry-log';
export { enlarged } from './state/enlarged';
export { fixedPart, heldPart, statePart } from './state/part';
export { StateReader } from './state/reader';
export { StateWriter } from './state/writer';
export { Watermark } from './watermark';
export { Runner, type DatedRulesCheck, type RunnerOptions, type RunnerPorts } from './runner/runner';
export { OwnershipLostError } from './runner/assignment';
export { ContinuityError, proceed } from './runner/continuity';
export { type Instance, isPinnedTo } from './runner/groups';
export { TaskError } from './runner/slot';
export type { SnapshotPlaces } from './runner/checkpoint';
export type { RecoveryEvent } from './runner/recover';
export { LoadedParts } from './snapshot/parts';
export {
  SnapshotDamagedError,
  SnapshotMismatchError,
  SnapshotRulesError,
  SnapshotStaleError,
  SnapshotVersionError,
} from './snapshot/manifest';
export type { RebuildProgress } from './runner/rebuild';
export type { Emitted, Sinks } from './runner/emitter';
