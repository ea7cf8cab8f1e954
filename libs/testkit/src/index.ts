export * from './oracle';
export * from './histories';
export * from './proof';
export * from './fold';
export * from './scenario';
export * from './data';
export * from './tmall';
export { logContract, type LogSubject } from './contracts/log';
export { olapContract } from './contracts/olap';
export { servingContract, type ServingSubject } from './contracts/serving';
export { snapshotStoreContract, snapshotVolumeContract } from './contracts/snapshots';
export { ChainDriver, type ChainOptions, type RawInput } from './driver/chain-driver';
export { LayerDriver, type LayerDriverOptions } from './driver/layer-driver';
export { HeldFrames } from './driver/held-frames';
export {
  checksum,
  CountingMeter,
  MemoryEngine,
  MemorySnapshotStore,
  MemoryVolume,
  RecordingOlapStore,
} from './driver/memory-engine';
