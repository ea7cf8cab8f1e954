import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemCode } from './catalogue';
import { unknownName } from './nearest';
import { Refusal } from './refusal';

/** Fastify's own codes that a sender can cause, and what each is here. Anything else is our fault: 500. */
const BY_CODE: Readonly<Record<string, { code: ProblemCode; detail: string }>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported-media-type', detail: 'Send application/json or application/x-ndjson.' },
  FST_ERR_CTP_EMPTY_TYPE: {
    code: 'unsupported-media-type',
    detail: 'Set Content-Type to application/json or application/x-ndjson.',
  },
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: {
    code: 'unsupported-media-type',
    detail: 'Set Content-Type to application/json or application/x-ndjson.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'malformed-body', detail: 'The body is not as long as Content-Length says.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'malformed-body', detail: 'The body is empty. Send an event, or an array of events.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'unknown-route', detail: 'The address has a part that is longer than anything here.' },
  FST_ERR_BAD_URL: { code: 'unknown-route', detail: 'The address has a broken percent-encoding.' },
};

const refusalFor = (error: FastifyError, request: FastifyRequest): Refusal => {
  if (error instanceof Refusal) return error;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge(request.routeOptions.bodyLimit);
  const known = BY_CODE[error.code];
  // What failed inside stays inside: the log has it, the answer does not.
  return known
    ? new Refusal(known.code, known.detail)
    : new Refusal('internal', 'This is not caused by your request. Try again; the log of the server knows more.');
};

/** @param limit_bytes what the route takes */
export const bodyTooLarge = (limit_bytes: number): Refusal =>
  new Refusal('body-too-large', `The body is larger than ${limit_bytes} bytes. Send the events in several smaller requests.`, {
    extensions: { limit_bytes },
  });

const send = (refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void =>
  void reply
    .code(refusal.status)
    .headers(refusal.particulars.headers ?? {})
    .type('application/problem+json')
    .send(JSON.stringify(refusal.document(request.url)));

/** Whatever was thrown leaves as a problem document; what is our fault goes to the log as well. */
export const answerError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
  const refusal = refusalFor(error, request);
  if (refusal.status >= 500) request.log.error({ err: error }, refusal.message);
  send(refusal, request, reply);
};

/** Errors of all routes, and the lack of one. Call it before routes are added, to hear of them. */
export const answerWithProblems = (app: FastifyInstance): void => {
  const known: string[] = [];
  app.addHook('onRoute', ({ url, schema }) => {
    if (schema?.hide !== true && !known.includes(url)) known.push(url);
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? request.url;
    send(new Refusal('unknown-route', unknownName('address', path, known)), request, reply);
  });
};
