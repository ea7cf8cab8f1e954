export { ManualClock } from './clock';
export { MemoryLog } from './log';
export { MemoryServingStore } from './serving';
export { MemorySnapshotStore, MemoryVolume } from './volume';
