import { snapshotStoreContract, snapshotVolumeContract } from '@millrace/testkit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectorySnapshotStore, FileVolume } from '..';

const root = mkdtempSync(join(tmpdir(), 'millrace-volume-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => join(root, String(count++));

snapshotVolumeContract('FileVolume', () => new FileVolume(fresh()));
snapshotStoreContract('DirectorySnapshotStore', () => new DirectorySnapshotStore(fresh()));
