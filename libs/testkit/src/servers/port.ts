import { createServer } from 'node:net';

/** A TCP port of the loopback interface that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('the system gave no port'));
      });
    });
  });
}

/** Throws if something listens on the port already: the message says on which, and whose it was to be. */
export function refuseTaken(port: number, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => reject(new Error(`${name}: port ${port} of 127.0.0.1 is taken by another program`)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
