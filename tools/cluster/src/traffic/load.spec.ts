import { Load } from './load';
import type { Answer, Question, Relay } from './relay';

/** An API that answers as it is told, in turn; then as it should. */
const api = (...first: readonly Answer[]): { relay: Relay; sent: string[] } => {
  const answers = [...first];
  const sent: string[] = [];
  const ask = async ({ method, body = '' }: Question): Promise<Answer> => {
    const told = method === 'POST' ? answers.shift() : undefined;
    if (told !== undefined) return told;
    const lines = body.split('\n');
    if (method === 'POST') sent.push(...lines);
    const results = lines.map((line) => (line === 'bad' ? { status: 'rejected', reason: 'not_json' } : { status: 'accepted' }));
    return { status: method === 'POST' ? 202 : 200, retryAfter: null, body: JSON.stringify({ results }) };
  };
  return { relay: { ask } as unknown as Relay, sent };
};
const LATER: Answer = { status: 503, retryAfter: '0', body: '' };
const lines = Array.from({ length: 50 }, (_, n) => (n === 20 ? 'bad' : `line ${n}`));

test('all lines are sent, and refusals are counted once', async () => {
  const { relay, sent } = api();
  const load = new Load(relay, lines, '/v1/metrics');
  await load.end();
  expect(new Set(sent)).toEqual(new Set(lines));
  expect(load).toMatchObject({ failures: [], rejected: { not_json: 1 }, share: 1 });
});

test('who is told to come again does, and that is no failure', async () => {
  const { relay } = api();
  let asked = 0;
  const busy = {
    ask: (question: Question) => (question.method === 'GET' && asked++ < 2 ? Promise.resolve(LATER) : relay.ask(question)),
  };
  const load = new Load(busy as unknown as Relay, lines, '/v1/metrics');
  await load.end();
  expect(load).toMatchObject({ putOff: 2, failures: [] });
});

test('what fails is counted, and sent again until it is taken', async () => {
  const { relay, sent } = api({ error: 'ECONNRESET' }, { status: 503, retryAfter: '1', body: 'not now' });
  const load = new Load(relay, lines, '/v1/metrics');
  await load.end();
  expect(load.failures).toEqual([expect.stringContaining('POST ECONNRESET'), expect.stringContaining('POST 503 not now')]);
  expect(new Set(sent)).toEqual(new Set(lines));
});
