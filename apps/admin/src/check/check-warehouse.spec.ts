import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkWarehouse } from './check-warehouse';

type Sent = { type: string; event_id: string; target_id?: string };

/** The API as the check sees it: credits the click that was sent, until it is invalidated. */
class Api {
  readonly sent: Sent[] = [];
  readonly keys: (string | undefined)[] = [];
  credits = true;
  takesBack = true;
  puttingOff = 0;
  refusal: { status: number; body: object } | null = null;
  readonly #server: Server = createServer((request, response) => {
    const answer = (status: number, body: object): void => void response.writeHead(status).end(JSON.stringify(body));
    this.keys.push(request.headers.authorization);
    if (this.refusal !== null) return answer(this.refusal.status, this.refusal.body);
    if (this.puttingOff-- > 0) return answer(503, { type: 'log-unavailable' });
    if (request.method === 'GET') return answer(...this.conversions());
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const events = JSON.parse(body) as Sent[];
      this.sent.push(...events);
      answer(202, { accepted: events.length, rejected: 0, results: [] });
    });
  });

  private conversions(): [number, object] {
    const [click, , invalidate] = this.sent;
    if (!this.credits) return [404, { type: 'not-found' }];
    const gone = this.takesBack && invalidate?.target_id === click?.event_id;
    const credit = gone
      ? { attribution: 'organic', click: null }
      : { attribution: 'direct', click: { source: 'http', event_id: click?.event_id, event_time: null } };
    return [200, { conversions: [{ events: [{ type: 'order', credit }] }] }];
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A clock that only sleeping moves. */
class Time {
  constructor(private ms = 1_700_000_000_000) {}
  now_ms = (): number => this.ms;
  sleep = async (ms: number): Promise<void> => void (this.ms += ms);
}

let api: Api;
let url: string;
beforeEach(async () => {
  api = new Api();
  url = await api.open();
});
afterEach(() => api.close());

const run = async (): Promise<string[]> => {
  const said: string[] = [];
  await checkWarehouse({ url, key: 'secret', timeout_ms: 10_000 }, new Time(), (line) => said.push(line));
  return said;
};

test('the click is credited, and then taken back', async () => {
  const said = await run();
  expect(said.map((line) => line.slice(0, 9).trim())).toEqual(['sent', 'credited', 'took back']);
  expect(api.sent.map(({ type }) => type)).toEqual(['click', 'order', 'invalidate', 'cancel']);
  expect(new Set(api.keys)).toEqual(new Set(['Bearer secret']));
});

test('what is put off is asked again', async () => {
  api.puttingOff = 3;
  expect(await run()).toHaveLength(3);
});

test.each([
  [
    'a chain that credits nothing',
    () => (api.credits = false),
    /not credited, direct, to click .* within 10\.0 s: it is not there$/,
  ],
  [
    'a correction that does not come',
    () => (api.takesBack = false),
    /not organic again within 10\.0 s: its credit is .*"direct"/,
  ],
  [
    'a key that may not write',
    () => (api.refusal = { status: 403, body: { type: 'forbidden' } }),
    /^POST \/v1\/events answered 403: .*forbidden/,
  ],
  ['nobody there', () => api.close(), /does not answer: connect ECONNREFUSED/],
])('%s is said', async (_, spoil, message) => {
  spoil();
  await expect(run()).rejects.toThrow(message);
});
