export { checksum } from './checksum';
export { LogCorruptionError, LogLockedError } from './errors';
export { FileLog, type FileLogOptions } from './log';
export { DirectorySnapshotStore, FileVolume } from './snapshots/volume';
