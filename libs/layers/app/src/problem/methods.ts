import type { FastifyInstance } from 'fastify';
import { Refusal } from './refusal';

/** Gives every address of this scope an answer to the methods that it does not have: 405, and which it has. Call it last. */
export const refuseOtherMethods = (app: FastifyInstance, allowedByUrl: ReadonlyMap<string, ReadonlySet<string>>): void => {
  // The routes added here are collected too, so what was allowed before is copied first.
  for (const [url, allowed] of [...allowedByUrl].map(([url, methods]) => [url, new Set(methods)] as const)) {
    app.route({
      method: app.supportedMethods.filter((method) => !allowed.has(method)),
      url,
      schema: { hide: true },
      // Before the body is read: what it is does not matter any more.
      onRequest: (request) => {
        const allow = [...allowed].join(', ');
        throw new Refusal('method-not-allowed', `There is no ${request.method} here. Use ${allow}.`, { headers: { allow } });
      },
      handler: () => undefined,
    });
  }
};

/** Keeps the methods of all addresses registered from now on in this scope. */
export const collectMethods = (app: FastifyInstance): ReadonlyMap<string, ReadonlySet<string>> => {
  const allowedByUrl = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const allowed = allowedByUrl.get(url) ?? new Set();
    for (const each of [method].flat()) allowed.add(each);
    allowedByUrl.set(url, allowed);
  });
  return allowedByUrl;
};
