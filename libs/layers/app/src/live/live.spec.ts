import { DEFAULT_RULES, type Notice } from '@millrace/ads';
import type { Clock } from '@millrace/stream';
import type { FastifyInstance } from 'fastify';
import type { AppOptions } from '../app';
import { appOver, NOW_MS, ScriptedOlap } from '../testing/doubles';
import { storedRow } from '../testing/rows';
import { EventStream } from './event-stream';
import { NoticeBoard, PolledNotices } from './notices';

interface Seen {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly comment?: string;
}

/** A clock whose sleepers wake when they are told to. */
class HeldClock implements Clock {
  #sleepers: { readonly ms: number; readonly wake: () => void }[] = [];
  now_ms(): number {
    return NOW_MS;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.push({ ms, wake: resolve });
      signal?.addEventListener('abort', () => resolve());
    });
  }
  /** Wakes who sleeps for so long; waits for one to do so. */
  async pass(ms: number): Promise<void> {
    for (;;) {
      const due = this.#sleepers.filter((each) => each.ms === ms);
      this.#sleepers = this.#sleepers.filter((each) => each.ms !== ms);
      for (const { wake } of due) wake();
      if (due.length > 0) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Reads server-sent events as they come. */
class Reader {
  #text = '';
  readonly #body;

  constructor(
    readonly response: Response,
    private readonly controller: AbortController,
  ) {
    this.#body = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  }

  async next(): Promise<Seen | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const lines = this.#text.slice(0, end).split('\n');
        this.#text = this.#text.slice(end + 2);
        return Object.fromEntries(
          lines.map((line) => [
            line.startsWith(':') ? 'comment' : line.slice(0, line.indexOf(':')),
            line.slice(line.indexOf(':') + 1).trim(),
          ]),
        );
      }
      const read = await this.#body?.read();
      if (read === undefined || read.done) return null;
      this.#text += read.value;
    }
  }
  close(): void {
    this.controller.abort();
  }
}

const QUERY = 'from=2014-11-13&to=2014-11-14&metrics=clicks';
const NOTICE: Notice = { partition: 0, position: 11, watermark_ms: NOW_MS };
let clock: HeldClock;
let olap: ScriptedOlap;
let board: NoticeBoard;
let app: FastifyInstance;
let address: string;

const start = async (options: Partial<AppOptions> = {}) => {
  app = appOver({ olap }, { clock, notices: board, rules: DEFAULT_RULES, ...options });
  address = await app.listen({ host: '127.0.0.1', port: 0 });
};
const open = async (query = QUERY, headers: Record<string, string> = {}) => {
  const controller = new AbortController();
  return new Reader(await fetch(`${address}/v1/metrics/stream?${query}`, { headers, signal: controller.signal }), controller);
};
const writes = (clicks: number, position: number, watermark = NOW_MS) => {
  olap.rows = [storedRow({ clicks })];
  olap.progress = [[{ partition: 0, position, watermark }]];
  board.publish({ ...NOTICE, position, watermark_ms: watermark });
};
const answerIn = (seen: Seen | null) =>
  JSON.parse(seen?.data ?? '{}') as { asOf: { watermark: string }; rows: { metrics: { clicks: number } }[] };
const clicksIn = (seen: Seen | null) => answerIn(seen).rows[0]?.metrics.clicks;

beforeEach(() => {
  clock = new HeldClock();
  olap = new ScriptedOlap();
  board = new NoticeBoard();
  writes(1, 10, NOW_MS - 1_000);
});
afterEach(() => {
  // fetch keeps a connection in reserve, for which a server that closes would wait.
  app.server.closeAllConnections();
  return app.close();
});

test('the answer comes at once, and again after a notice; its id begins with its watermark', async () => {
  await start();
  const reader = await open();
  expect(reader.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(reader.response.headers.get('cache-control')).toContain('no-cache');
  expect(await reader.next()).toEqual({ retry: '2000' });
  const first = await reader.next();
  expect(clicksIn(first)).toBe(1);
  expect(first?.id?.split('/')[0]).toBe(answerIn(first).asOf.watermark);
  writes(2, 11);
  const second = await reader.next();
  expect(clicksIn(second)).toBe(2);
  expect(second?.id).not.toBe(first?.id);
  reader.close();
});

test('who comes again with the last id gets what is new, and nothing twice', async () => {
  await start();
  const reader = await open();
  await reader.next();
  const id = (await reader.next())?.id ?? '';
  reader.close();
  const same = await open(QUERY, { 'last-event-id': id });
  await same.next();
  await clock.pass(15_000);
  expect(await same.next()).toEqual({ comment: 'heartbeat' });
  // The watermark stands still, and yet there is news.
  writes(3, 12, NOW_MS - 1_000);
  await clock.pass(500);
  const news = await same.next();
  expect(clicksIn(news)).toBe(3);
  expect(news?.id?.split('/')[0]).toBe(id.split('/')[0]);
  expect(news?.id).not.toBe(id);
  same.close();
  const late = await open(QUERY, { 'last-event-id': id });
  await late.next();
  expect(clicksIn(await late.next())).toBe(3);
  late.close();
});

test('a notice that comes while the first answer is read is not lost', async () => {
  await start();
  const query = olap.query.bind(olap);
  let reads = 0;
  olap.query = async <Row extends object>(sql: string, params: Readonly<Record<string, unknown>> = {}) => {
    if (params['window'] !== 'progress' && ++reads === 2) {
      olap.rows = [storedRow({ clicks: 5 })];
      olap.progress = [[{ partition: 0, position: 11, watermark: NOW_MS }]];
    }
    const rows = await query<Row>(sql, params);
    if (reads === 1) board.publish(NOTICE);
    return rows;
  };
  const reader = await open();
  await reader.next();
  expect(clicksIn(await reader.next())).toBe(1);
  expect(clicksIn(await reader.next())).toBe(5);
  reader.close();
});

test('equal questions are read once for all who watch', async () => {
  await start();
  const readers = [await open(), await open(), await open()];
  for (const reader of readers) for (let i = 0; i < 2; i++) await reader.next();
  const before = olap.asked.length;
  writes(2, 11);
  for (const reader of readers) expect(clicksIn(await reader.next())).toBe(2);
  expect(olap.asked.length - before).toBe(1);
  for (const reader of readers) reader.close();
});

test('what was told is not taken back by a store that is behind', async () => {
  await start();
  const reader = await open();
  for (let i = 0; i < 2; i++) await reader.next();
  writes(2, 11);
  expect(clicksIn(await reader.next())).toBe(2);
  writes(1, 10, NOW_MS - 1_000);
  await clock.pass(500);
  writes(4, 12);
  await clock.pass(500);
  expect(clicksIn(await reader.next())).toBe(4);
  reader.close();
});

test('when the store is away a problem is told, and the stream goes on', async () => {
  await start();
  const reader = await open();
  for (let i = 0; i < 2; i++) await reader.next();
  olap.failure = new Error('connection refused');
  olap.alive = false;
  board.publish(NOTICE);
  const problem = await reader.next();
  expect(problem).toMatchObject({ event: 'problem' });
  expect(JSON.parse(problem?.data ?? '')).toMatchObject({ type: 'urn:millrace:problem:store-unavailable', status: 503 });
  olap.failure = null;
  writes(2, 11);
  await clock.pass(500);
  expect(clicksIn(await reader.next())).toBe(2);
  reader.close();
});

test('the server ends its streams when it closes', async () => {
  await start();
  const reader = await open();
  for (let i = 0; i < 2; i++) await reader.next();
  await app.close();
  expect(await reader.next()).toBeNull();
});

test.each([
  ['window=week', 400, 'invalid-parameters'],
  ['window=total&metrics=click_uv&to=2014-11-15', 422, 'unanswerable'],
  ['format=csv', 400, 'invalid-parameters'],
])('a question without an answer is refused, not streamed: %s', async (query, status, code) => {
  await start();
  const given = new URLSearchParams(QUERY);
  for (const [name, value] of new URLSearchParams(query)) given.set(name, value);
  const response = await app.inject(`/v1/metrics/stream?${given.toString()}`);
  expect(response.statusCode).toBe(status);
  expect(response.json()).toMatchObject({ type: `urn:millrace:problem:${code}` });
});

test('who accepts no events is told', async () => {
  await start();
  expect((await app.inject({ url: `/v1/metrics/stream?${QUERY}`, headers: { accept: 'application/json' } })).statusCode).toBe(
    406,
  );
});

test('so many are open at a time, and closing one makes room', async () => {
  await start({ limits: { streams: 3, streams_per_key: 1 } });
  const first = await open();
  await first.next();
  const { response } = await open();
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('30');
  first.close();
  const retried = async (): Promise<number> => {
    const reader = await open();
    const { status } = reader.response;
    reader.close();
    return status === 429 ? retried() : status;
  };
  expect(await retried()).toBe(200);
});

describe('without notices', () => {
  test('the summaries are looked at while somebody listens', async () => {
    await start();
    const polled = new PolledNotices(olap, clock, 1_000);
    const heard: Notice[] = [];
    const leave = polled.subscribe((notice) => heard.push(notice));
    await clock.pass(1_000);
    expect(heard).toEqual([]);
    olap.progress = [[{ partition: 0, position: 12, watermark: NOW_MS }]];
    await clock.pass(1_000);
    await clock.pass(1_000);
    expect(heard).toEqual([{ partition: 0, position: 12, watermark_ms: NOW_MS }]);
    leave();
  });
});

test('a reader who is slow gets the newest when it is ready, and nothing piles up', async () => {
  await start();
  const stream = new EventStream(1);
  const large = 'x'.repeat(100_000);
  for (let id = 0; id < 50; id++) stream.send({ id: String(id), data: large });
  expect(stream.readableLength).toBeLessThan(2.1 * large.length);
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => setImmediate(resolve));
  stream.end();
  await new Promise((resolve) => stream.once('end', resolve));
  expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id)).toEqual(['0', '49']);
});
