import Fastify from 'fastify';
import { Complaint } from '@millrace/service';
import { addressOf, listen } from './listen';

test('without keys it listens for this machine alone', async () => {
  const app = Fastify();
  for (const host of ['0.0.0.0', '::', '192.0.2.1']) await expect(listen(app, { host, port: 0 })).rejects.toThrow(Complaint);
  expect(app.server.listening).toBe(false);
  await listen(app, { host: '127.0.0.1', port: 0 });
  expect(addressOf(app)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await app.close();
});
