import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../problem/refusal';
import { hashOfKey } from './api-key';
import { ANYONE, type Asker, type Right } from './asker';
import type { ApiKeys } from './keys-file';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; known before the body is read. */
    asker: Asker;
  }
  interface FastifyContextConfig {
    /** The right that a route asks for; without one it is open to everybody. */
    readonly right?: Right;
  }
}

const CHALLENGE = { 'www-authenticate': 'Bearer realm="millrace"' };

/**
 * Every request to a route with a right needs a key that has it. Call it before the routes are added.
 *
 * @param keys null: there are none, and everybody may do everything
 */
export const authenticate = (app: FastifyInstance, keys: ApiKeys | null): void => {
  app.decorateRequest('asker');
  app.addHook('onRequest', async (request) => {
    const { right } = request.routeOptions.config;
    request.asker = keys === null || right === undefined ? ANYONE : askerOf(request, keys);
    if (right !== undefined && !request.asker.rights.has(right)) {
      throw new Refusal('forbidden', `The key "${request.asker.name}" may not ${right}. Use one that may.`);
    }
  });
};

/** The look-up is by hash, so how long it takes says nothing about the key. */
const askerOf = (request: FastifyRequest, keys: ApiKeys): Asker => {
  const given = keyOf(request);
  if (given === null) {
    throw new Refusal('unauthenticated', 'Send a key of this API: the header Authorization: Bearer KEY, or X-Api-Key: KEY.', {
      headers: CHALLENGE,
    });
  }
  const asker = keys.get(hashOfKey(given));
  if (asker === undefined)
    throw new Refusal('unauthenticated', 'The key is not known here. Ask whoever runs this for another.', { headers: CHALLENGE });
  return asker;
};

const keyOf = ({ headers }: FastifyRequest): string | null => {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const plain = headers['x-api-key'];
  return typeof plain === 'string' && plain !== '' ? plain : null;
};
