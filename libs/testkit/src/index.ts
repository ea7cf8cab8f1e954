export * from './oracle';
export * from './histories';
export * from './proof';
export * from './fold';
export * from './scenario';
export * from './data';
export * from './tmall';
export * from './contracts';
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
