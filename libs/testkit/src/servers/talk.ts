import { connect } from 'node:net';

const ANSWER_WITHIN_MS = 1000;

/** Sends the bytes over a connection of its own; the first bytes of the answer. */
export function talk(port: number, question: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: ANSWER_WITHIN_MS });
    const settle = (outcome: () => void): void => {
      socket.destroy();
      outcome();
    };
    socket.once('connect', () => socket.write(question));
    socket.once('data', (answer) => settle(() => resolve(answer)));
    socket.once('timeout', () => settle(() => reject(new Error(`port ${port} does not answer`))));
    socket.once('error', (error) => settle(() => reject(error)));
    socket.once('close', () => reject(new Error(`port ${port} closed the connection`)));
  });
}
