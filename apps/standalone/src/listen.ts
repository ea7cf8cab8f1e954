import { bindingProblem } from '@millrace/layer-app';
import type { FastifyInstance } from 'fastify';
import { codeOf, Complaint, reasonOf } from '@millrace/service';
import type { Options } from './options';

/** Throws a Complaint when the address cannot be had, or others than this machine could reach it: there are no keys here. */
export const listen = async (app: FastifyInstance, { host, port }: Pick<Options, 'host' | 'port'>): Promise<void> => {
  const problem = bindingProblem(host, null);
  if (problem !== null) throw new Complaint(problem);
  try {
    await app.listen({ host, port });
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE')
      throw new Complaint(`Port ${port} on ${host} is in use. Choose another with --port, or --port 0 for any free one.`);
    throw new Complaint(`The API cannot listen on ${host}, port ${port}: ${reasonOf(error)}.`);
  }
};

export const addressOf = (app: FastifyInstance): string => {
  const address = app.server.address();
  if (address === null || typeof address === 'string') return address ?? '';
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
};
