import { appOver, ScriptedOlap } from './testing/doubles';

type Labels = Readonly<Record<string, string>>;

let counted: Labels[];
let observed: { readonly labels: Labels; readonly value: number }[];
let inFlight: number[];
const app = (olap = new ScriptedOlap()) => {
  counted = [];
  observed = [];
  inFlight = [];
  const server = appOver(
    { olap },
    {
      meter: {
        count: (_name, _by, labels = {}) => void counted.push(labels),
        observe: (_name, value, labels = {}) => void observed.push({ labels, value }),
        gauge: (_name, value) => void inFlight.push(value),
      },
    },
  );
  return server;
};

test('a request counts under the route as it is declared, never under the address that was asked', async () => {
  const server = app();
  await server.inject('/v1/conversions/order-4711');
  await server.inject('/v1/conversions/order-4712');
  expect(counted).toEqual(Array(2).fill({ method: 'GET', route: '/v1/conversions/:id', code: '404' }));
  expect(observed.map(({ labels }) => labels)).toEqual(Array(2).fill({ method: 'GET', route: '/v1/conversions/:id' }));
  for (const { value } of observed) expect(value).toBeGreaterThanOrEqual(0);
  expect(inFlight).toEqual([1, 0, 1, 0]);
});

test.each([
  ['GET', '/nowhere/4711', { method: 'GET', route: 'none', code: '404' }],
  ['PROPFIND', '/nowhere/4711', { method: 'other', route: 'none' }],
  ['DELETE', '/v1/metrics', { method: 'DELETE', route: '/v1/metrics', code: '405' }],
])('%s %s is bounded too', async (method, url, labels) => {
  await app().inject({ method: method as 'GET', url });
  expect(counted).toEqual([expect.objectContaining(labels)]);
});

test('what fails inside counts as it was answered', async () => {
  const olap = new ScriptedOlap();
  olap.failure = new Error('connection refused');
  olap.alive = false;
  await app(olap).inject('/v1/metrics?from=2014-11-13&to=2014-11-14&metrics=clicks');
  expect(counted).toEqual([{ method: 'GET', route: '/v1/metrics', code: '503' }]);
});

test('a live answer counts when it ends, and how long somebody listened is no measure of time', async () => {
  await app().inject({ url: '/v1/metrics/stream', headers: { accept: 'text/csv' } });
  expect(counted).toEqual([{ method: 'GET', route: '/v1/metrics/stream', code: '406' }]);
  expect(observed).toEqual([]);
});
