import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { EXAMPLE_CLICK } from './events/documentation';
import { appOver } from './testing/doubles';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
afterAll(() => agent.destroy());

const BODY = JSON.stringify(EXAMPLE_CLICK);

const listening = async (app: FastifyInstance): Promise<number> => {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
};

/** By one connection, as long as it is kept open. */
const send = (port: number): Promise<object> =>
  new Promise((resolve, reject) => {
    const options = { agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/events' };
    request({ ...options, headers: { 'content-type': 'application/json' } }, ({ statusCode, headers: { connection } }) => {
      resolve({ statusCode, connection });
    })
      .on('response', (response) => response.resume())
      .on('error', reject)
      .end(BODY);
  });

test('a process that is leaving answers, and asks each connection to end', async () => {
  let leaving = false;
  const app = appOver({}, { leaving: () => leaving });
  const port = await listening(app);
  expect(await send(port)).toMatchObject({ statusCode: 202, connection: 'keep-alive' });
  leaving = true;
  expect(await send(port)).toMatchObject({ statusCode: 202, connection: 'close' });
  await app.close();
});

test('what still comes while it closes is answered like anything else', async () => {
  const app = appOver();
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  // Closing begins, and does not come to the sockets yet.
  app.addHook('preClose', () => gate);
  const port = await listening(app);
  const closing = app.close();
  await new Promise(setImmediate);
  expect(await send(port)).toMatchObject({ statusCode: 202, connection: 'close' });
  go();
  await closing;
});
