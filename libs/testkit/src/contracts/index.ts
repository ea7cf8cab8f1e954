/** What each port promises, as suites to run over every adapter. Apart from the rest of the kit, which drives all layers. */
export { logContract, type LogSubject } from './log';
export { olapContract } from './olap';
export { servingContract, type ServingSubject } from './serving';
export { snapshotStoreContract, snapshotVolumeContract } from './snapshots';
