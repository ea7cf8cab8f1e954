import { buildSync } from 'esbuild';
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

interface Sent {
  readonly name: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

/** A process of its own: what is loaded there nobody else has loaded. Under `dist`, from where it finds its packages. */
const PROGRAM = join(__dirname, '../../../../dist/tests/libs/boot-tracing/service.cjs');
beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, 'testing/service.ts')],
    outfile: PROGRAM,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    alias: { '@millrace/stream': join(__dirname, '../../../stream/src/index.ts') },
  });
});

/** A receiver of OTLP over HTTP, on loopback. */
let receiver: Server;
let sent: { readonly service: unknown; readonly spans: readonly Sent[] }[];
let status: number;
beforeEach(async () => {
  sent = [];
  status = 200;
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as {
        resourceSpans: { resource: Pick<Sent, 'attributes'>; scopeSpans: { spans: Sent[] }[] }[];
      };
      for (const { resource, scopeSpans } of resourceSpans)
        sent.push({ service: valuesOf(resource)['service.name'], spans: scopeSpans.flatMap(({ spans }) => spans) });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  receiver.closeAllConnections();
  receiver.close();
});

const valuesOf = ({ attributes }: Pick<Sent, 'attributes'>): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
const endpoint = (): string => `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/v1/traces`;

/** What a process logged until it ended with 0, and which packages of OpenTelemetry it had loaded. */
const life = async (...args: string[]): Promise<{ lines: Record<string, unknown>[]; loaded: string[] }> => {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (said[name] += String(chunk)));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const lines = said.stderr.split('\n').filter((line) => line !== '');
  expect({ code, lines: code === 0 ? [] : lines }).toEqual({ code: 0, lines: [] });
  return {
    lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    ...(JSON.parse(said.stdout) as { loaded: string[] }),
  };
};
const complaints = (lines: readonly Record<string, unknown>[]) => lines.filter(({ level }) => Number(level) >= 40);

test('off, which it is unless somebody names a receiver, nothing of it is even loaded', async () => {
  // Its interfaces are a part of prom-client, which keeps examples of spans if somebody makes any.
  expect((await life()).loaded).toEqual(['api']);
  expect(sent).toEqual([]);
});

test('on, what was spanned arrives with its place, and what failed says so', async () => {
  const { loaded, lines } = await life(endpoint(), '100');
  expect(loaded).toEqual(expect.arrayContaining(['sdk-trace', 'exporter-trace-otlp-http']));
  expect(complaints(lines)).toEqual([]);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.service).toBe('millrace-dwd');
  const [batch, emission] = sent[0]?.spans ?? [];
  expect(batch).toMatchObject({ name: 'dwd batch' });
  expect(valuesOf(batch as Sent)).toEqual({ layer: 'dwd', topic: 'ods.action', partition: 3, offset: 7, last_offset: 9 });
  expect(emission).toMatchObject({ name: 'emission', status: { code: 2, message: 'disk full' } });
  expect(valuesOf(emission as Sent)).toMatchObject({
    rows: 12,
    topic: { values: [{ stringValue: 'dwd.fact' }, { stringValue: 'dwd.fact' }] },
    partition: { values: [{ intValue: 0 }, { intValue: 1 }] },
    offset: { values: [{ intValue: 5 }, { intValue: 6 }] },
  });
});

test('of none, none arrives', async () => {
  await life(endpoint(), '0');
  expect(sent).toEqual([]);
});

test.each(['refuses', 'is away'])('a receiver that %s ends nothing, and is told of once', async (how) => {
  status = 400;
  const at = endpoint();
  if (how === 'is away') await new Promise((resolve) => receiver.close(resolve));
  const { lines } = await life(at, '100');
  expect(complaints(lines)).toEqual([
    expect.objectContaining({ level: 40, msg: 'traces are not taken, and lost', endpoint: at }),
  ]);
});
