import type { FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';
import { createHash } from 'node:crypto';

/** An answer as a cache may treat it. */
export interface Cacheable {
  readonly type: string;
  readonly body: string;
  /** What of the answer must be equal for a copy to be as good. */
  readonly validator: string;
  /** For how long a copy may be used unasked; 0: it is always asked about. */
  readonly max_age_s: number;
  /** The watermark of the answer, also told when the copy is as good. */
  readonly asOf: string;
}

/** As OpenAPI describes them. */
export const CACHE_HEADERS = {
  ETag: { type: 'string', description: 'Weak; for If-None-Match' },
  'Cache-Control': {
    type: 'string',
    description: 'Open days: no-cache. Days that are over: for a while, the longer the surer they are.',
  },
  Vary: { type: 'string', description: 'Different keys and formats have different answers' },
  'Millrace-As-Of': { type: 'string', description: 'The watermark, or `unknown`' },
};

/** The answer to who has a copy that is as good. */
export const NOT_MODIFIED = {
  type: 'null',
  description: 'The copy of the asker (If-None-Match) is as good',
  headers: CACHE_HEADERS,
};

/** Different keys and formats have different answers. */
const VARY = 'authorization, x-api-key, accept';

/** Sends the answer, or 304 to who has one that is as good. Copies are the asker's own: `private`. */
export const sendCacheable = (
  request: FastifyRequest,
  reply: FastifyReply,
  { type, body, validator, max_age_s, asOf }: Cacheable,
): FastifyReply => {
  const vary = reply.getHeader('vary');
  // Weak: a copy is as good, not equal in every byte.
  const etag = `W/"${createHash('sha256').update(validator).digest('base64url').slice(0, 22)}"`;
  void reply.headers({
    etag,
    'cache-control': max_age_s > 0 ? `private, max-age=${max_age_s}` : 'private, no-cache',
    vary: vary === undefined ? VARY : `${String(vary)}, ${VARY}`,
    'millrace-as-of': asOf,
  });
  if (fresh(request.headers, { etag })) return reply.code(304).send();
  return reply.type(type).send(body);
};
