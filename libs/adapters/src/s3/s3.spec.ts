import { CreateBucketCommand, DeleteObjectsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { snapshotStoreContract } from '@millrace/testkit/contracts';
import { type Server, startS3 } from '@millrace/testkit/servers';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3SnapshotStore } from '.';
import type { S3Options } from './options';

const directory = mkdtempSync(join(tmpdir(), 'millrace-s3-'));
const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
let server: Server;
let client: S3Client;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

beforeAll(async () => {
  server = await startS3({ directory });
  client = new S3Client({ endpoint: server.url, region: 'us-east-1', forcePathStyle: true, credentials });
}, 120_000);
afterAll(async () => {
  client.destroy();
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
});
// The server forgets its buckets when it is killed.
beforeEach(async () => {
  await client.send(new CreateBucketCommand({ Bucket: 'snapshots' }));
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'snapshots' }));
  const Objects = Contents.map(({ Key }) => ({ Key }));
  if (Objects.length > 0) await client.send(new DeleteObjectsCommand({ Bucket: 'snapshots', Delete: { Objects } }));
});

const stores: S3SnapshotStore[] = [];
afterEach(() => stores.splice(0).forEach((store) => store.close()));
const open = (options: Partial<S3Options> = {}): S3SnapshotStore => {
  const store = new S3SnapshotStore({ bucket: 'snapshots', endpoint: server.url, credentials, bound: { limit_ms: 500, first_ms: 10 }, ...options });
  stores.push(store);
  return store;
};

snapshotStoreContract('S3SnapshotStore', open);
snapshotStoreContract('S3SnapshotStore under a prefix', () => open({ prefix: 'warehouse 1/dwd/' }));

describe('S3SnapshotStore', () => {
  it('shares a bucket with others under a prefix of its own', async () => {
    const [one, other, whole] = [open({ prefix: 'one/' }), open({ prefix: 'other/' }), open()];
    await one.put('a', bytes('of one'));
    await other.put('a', bytes('of the other'));
    expect([await one.list(''), await whole.list('')]).toEqual([['a'], ['one/a', 'other/a']]);
    await one.delete('a');
    expect(await whole.list('')).toEqual(['other/a']);
  });

  it('lists more than a page', async () => {
    const store = open();
    const names = Array.from({ length: 1_001 }, (_, i) => `many/${String(i).padStart(4, '0')}`);
    for (let i = 0; i < names.length; i += 50) await Promise.all(names.slice(i, i + 50).map((name) => store.put(name, bytes(name))));
    expect(await store.list('many/')).toEqual(names);
  }, 60_000);

  it('keeps megabytes and nothing at all, byte for byte', async () => {
    const store = open();
    const large = new Uint8Array(9_000_001).map((_, i) => (i * 31) % 251);
    await store.put('large', large);
    await store.put('empty', new Uint8Array());
    expect(Buffer.compare(Buffer.from((await store.get('large')) ?? []), Buffer.from(large))).toBe(0);
    expect(await store.get('empty')).toEqual(new Uint8Array());
  }, 30_000);

  it('signs for the region that the environment names, and for one where none is named', async () => {
    const signed: string[] = [];
    const listener = createServer((request, response) => {
      signed.push(/Credential=key\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? 'not');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const endpoint = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const before = { ...process.env };
    delete process.env['AWS_REGION'];
    process.env['AWS_CONFIG_FILE'] = join(directory, 'none');
    await open({ endpoint }).put('a', bytes('1'));
    process.env['AWS_REGION'] = 'eu-central-1';
    await open({ endpoint }).put('a', bytes('1'));
    await open({ endpoint, region: 'eu-west-3' }).put('a', bytes('1'));
    process.env = before;
    listener.closeAllConnections();
    listener.close();
    expect(signed).toEqual(['us-east-1', 'eu-central-1', 'eu-west-3']);
  });

  it('tells a bucket that is not there from a blob that is not there, at once', async () => {
    const tried: unknown[] = [];
    const store = open({ bucket: 'nowhere', onRetry: (failure) => tried.push(failure) });
    await expect(store.get('a')).rejects.toThrow(/bucket/);
    await expect(store.put('a', bytes('x'))).rejects.toThrow(/bucket/);
    expect(tried).toEqual([]);
  });

  it('waits for a server that is away, within its bound', async () => {
    await server.kill();
    const tried: unknown[] = [];
    const impatient = open({ bound: { limit_ms: 100, first_ms: 10 }, onRetry: (failure) => tried.push(failure) });
    await expect(impatient.put('a', bytes('x'))).rejects.toThrow(/ECONNREFUSED/);
    expect(tried.length).toBeGreaterThan(0);
    const patient = open({ bound: { limit_ms: 60_000, first_ms: 10 } });
    const listed = patient.list('').catch((error: unknown) => error);
    await server.start();
    // It has forgotten the bucket, and says so: that is an answer.
    expect(await listed).toMatchObject({ name: 'NoSuchBucket' });
  }, 60_000);
});
