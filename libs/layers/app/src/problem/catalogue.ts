/** Every kind of refusal this API knows. A closed list: clients switch on `type`, never on words. */
export const PROBLEMS = {
  'malformed-body': { status: 400, title: 'The body cannot be read' },
  'invalid-parameters': { status: 400, title: 'The parameters are not understood' },
  unauthenticated: { status: 401, title: 'A key is needed' },
  forbidden: { status: 403, title: 'The key does not allow this' },
  'unknown-route': { status: 404, title: 'There is nothing at this address' },
  'unknown-conversion': { status: 404, title: 'No such conversion' },
  'method-not-allowed': { status: 405, title: 'The method does not exist here' },
  'not-acceptable': { status: 406, title: 'No such format of the answer' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has a type that is not taken' },
  'no-event-accepted': { status: 422, title: 'No event was accepted' },
  unanswerable: { status: 422, title: 'The question has no answer' },
  'too-many-requests': { status: 429, title: 'The key asks too often' },
  internal: { status: 500, title: 'The server failed' },
  overloaded: { status: 503, title: 'The server has too much to do' },
  'intake-full': { status: 503, title: 'Too many events are waiting' },
  'log-unavailable': { status: 503, title: 'The log did not take the events' },
  'store-unavailable': { status: 503, title: 'The numbers cannot be read now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457 wants a URI; a URN needs no web site that has to outlive the clients. */
export const problemType = (code: ProblemCode): string => `urn:millrace:problem:${code}`;
