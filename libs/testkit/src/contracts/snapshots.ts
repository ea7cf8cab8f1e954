import type { SnapshotStore, SnapshotVolume } from '@millrace/stream';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array | null): string | null => (content === null ? null : new TextDecoder().decode(content));

/** What every SnapshotStore does (ports.ts). `open` gives an empty one. */
export function snapshotStoreContract(name: string, open: () => SnapshotStore): void {
  describe(`${name} as a SnapshotStore`, () => {
    it('gives back what was put, replaced as a whole', async () => {
      const store = open();
      await store.put('a/b/one', bytes('first'));
      await store.put('a/b/one', bytes('2nd'));
      expect(text(await store.get('a/b/one'))).toBe('2nd');
      expect(await store.get('a/b/two')).toBeNull();
    });

    it('lists by prefix, in order, and forgets what is deleted', async () => {
      const store = open();
      expect(await store.list('a/')).toEqual([]);
      for (const each of ['a/b/2', 'a/b/1', 'a/bc/3', 'd/4']) await store.put(each, bytes(each));
      expect(await store.list('a/b/')).toEqual(['a/b/1', 'a/b/2']);
      expect(await store.list('a/')).toEqual(['a/b/1', 'a/b/2', 'a/bc/3']);
      expect(await store.list('')).toEqual(['a/b/1', 'a/b/2', 'a/bc/3', 'd/4']);
      await store.delete('a/b/1');
      await store.delete('never there');
      expect(await store.list('a/b/')).toEqual(['a/b/2']);
    });

    it('keeps what it was given, not the memory in which it lay', async () => {
      const store = open();
      const content = bytes('as it was');
      await store.put('x/y', content);
      content.fill(0);
      expect(text(await store.get('x/y'))).toBe('as it was');
    });
  });
}

/** What every SnapshotVolume does. */
export function snapshotVolumeContract(name: string, open: () => SnapshotVolume): void {
  describe(`${name} as a SnapshotVolume`, () => {
    it('writes chunks one behind the other, renames over what stands there, lists and deletes', async () => {
      const volume = open();
      await volume.write('a/b/part', [bytes('one '), new Uint8Array(), bytes('two')]);
      await volume.sync('a/b/part');
      expect(text(await volume.get('a/b/part'))).toBe('one two');
      await volume.write('a/b/draft', [bytes('new')]);
      await volume.rename('a/b/draft', 'a/b/part');
      await volume.syncFolder('a/b');
      expect(text(await volume.get('a/b/part'))).toBe('new');
      expect(await volume.list('a/b/')).toEqual(['a/b/part']);
      await volume.delete('a/b/part');
      await volume.delete('a/b/part');
      expect(await volume.get('a/b/part')).toBeNull();
    });

    it('gives what stands there, whatever memory it is offered for it', async () => {
      const volume = open();
      await volume.write('a/part', [bytes('as it is')]);
      for (const length of [0, 7, 8, 9]) expect(text(await volume.get('a/part', new Uint8Array(length)))).toBe('as it is');
      expect(await volume.get('a/nothing', new Uint8Array(8))).toBeNull();
    });

    it('refuses to make durable what is not there', async () => {
      await expect(open().sync('a/nothing')).rejects.toThrow();
      await expect(open().rename('a/nothing', 'a/b')).rejects.toThrow();
    });
  });
}
