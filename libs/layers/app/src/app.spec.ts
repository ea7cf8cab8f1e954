import { appOver } from './testing/doubles';

describe('what every address has in common', () => {
  test('an unknown address is a problem that names the near ones', async () => {
    const response = await appOver().inject('/v1/metric?x=1');
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({
      type: 'urn:millrace:problem:unknown-route',
      status: 404,
      instance: '/v1/metric?x=1',
      detail: expect.stringContaining('Did you mean "/v1/metrics"?'),
    });
  });

  test.each([
    ['PUT', '/v1/events', 'POST'],
    ['GET', '/v1/events', 'POST'],
    ['POST', '/v1/metrics', 'GET, HEAD'],
    ['DELETE', '/v1/conversions/x', 'GET, HEAD'],
    ['OPTIONS', '/v1/metrics', 'GET, HEAD'],
    ['TRACE' as 'GET', '/healthz/live', 'GET, HEAD'],
    ['QUERY' as 'GET', '/v1/conversions/x', 'GET, HEAD'],
    ['HEAD', '/v1/metrics/stream', 'GET'],
  ] as const)('%s %s is a problem that says what there is', async (method, url, allow) => {
    const response = await appOver().inject({ method, url });
    expect(response.statusCode).toBe(405);
    expect(response.headers['allow']).toBe(allow);
    if (method === 'HEAD') return;
    expect(response.json()).toMatchObject({
      type: 'urn:millrace:problem:method-not-allowed',
      detail: expect.stringContaining(`Use ${allow}`),
    });
  });

  test('a broken address is a problem too', async () => {
    const response = await appOver().inject('/v1/conversions/%zz');
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });
});

test('an address that is longer than anything here is a problem too', async () => {
  const response = await appOver().inject(`/v1/conversions/${'0'.repeat(2_049)}`);
  expect(response.statusCode).toBe(404);
  expect(response.json()).toMatchObject({ type: 'urn:millrace:problem:unknown-route' });
});

describe('for the platform', () => {
  test('alive as long as it answers, ready or not', async () => {
    const app = appOver({}, { health: () => ({ ready: false, reasons: ['dwd: recovering'] }) });
    expect((await app.inject('/healthz/live')).statusCode).toBe(200);
    const ready = await app.inject('/healthz/ready');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ status: 'unready', reasons: ['dwd: recovering'] });
    expect((await appOver().inject('/healthz/ready')).statusCode).toBe(200);
  });

  test('metrics of the process in the Prometheus format', async () => {
    const response = await appOver({}, { metricsText: async () => 'millrace_up 1\n' }).inject('/metrics');
    expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.body).toBe('millrace_up 1\n');
  });

  test('what fails inside is logged and not shown', async () => {
    const lines: string[] = [];
    const app = appOver(
      {},
      {
        metricsText: () => Promise.reject(new Error('secret')),
        logger: { level: 'error', stream: { write: (line: string) => void lines.push(line) } },
      },
    );
    const response = await app.inject('/metrics');
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('secret');
    expect(lines.join()).toContain('secret');
  });
});
