import { snapshotStoreContract, snapshotVolumeContract } from '@millrace/testkit';
import { MemorySnapshotStore, MemoryVolume } from '.';

snapshotVolumeContract('MemoryVolume', () => new MemoryVolume());
snapshotStoreContract('MemorySnapshotStore', () => new MemorySnapshotStore());

describe('MemoryVolume', () => {
  it('loses in a crash what was not made durable', async () => {
    const volume = new MemoryVolume();
    const content = Uint8Array.of(1, 2, 3, 4);
    for (const name of ['f/synced', 'f/torn']) await volume.write(name, [content]);
    await volume.sync('f/synced');
    await volume.syncFolder('f');
    await volume.write('f/nameless', [content]);
    await volume.sync('f/nameless');
    volume.crash();
    expect(await volume.list('')).toEqual(['f/synced', 'f/torn']);
    expect(await volume.get('f/synced')).toEqual(Buffer.from(content));
    expect(await volume.get('f/torn')).toEqual(Buffer.from([1, 2]));
  });
});
