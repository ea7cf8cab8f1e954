export { ManualClock } from './clock';
export { FrameReferences } from './frames';
export { MemoryLog } from './log';
export { MemoryServingStore } from './serving';
export { MemorySnapshotStore, MemoryVolume } from './volume';
