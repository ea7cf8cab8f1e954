import { Type } from '@sinclair/typebox';
import { PROBLEMS, problemType, type ProblemCode } from './catalogue';

const FaultSchema = Type.Object(
  {
    path: Type.String({ description: 'Where: `query.from`, `body[3].user_id`.' }),
    detail: Type.String({ description: 'What is wrong, and what to change.' }),
  },
  { additionalProperties: false },
);

/** RFC 9457. Further members are allowed, as the RFC says. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri', enum: (Object.keys(PROBLEMS) as ProblemCode[]).map(problemType) }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'Says what to change.' }),
    instance: Type.String({ description: 'Path and query of the request.' }),
    errors: Type.Optional(Type.Array(FaultSchema, { description: 'All faults of the request at once.' })),
    reason: Type.Optional(Type.String({ description: 'Of `unanswerable`: why, for programs.' })),
    accepted: Type.Optional(Type.Integer({ minimum: 0 })),
    rejected: Type.Optional(Type.Integer({ minimum: 0 })),
    results: Type.Optional(Type.Array(Type.Object({}, { additionalProperties: true }), { description: 'As in EventResults.' })),
    limit_bytes: Type.Optional(Type.Integer({ description: 'Largest body that is taken.' })),
    limit_events: Type.Optional(Type.Integer({ description: 'Most events of a request.' })),
    limit_requests_per_minute: Type.Optional(Type.Integer({ description: 'Rate of the key.' })),
    limit_streams: Type.Optional(Type.Integer({ description: 'Live answers of a key.' })),
  },
  { $id: 'Problem', additionalProperties: true, description: 'Problem document, RFC 9457.' },
);

export interface ExampleProblem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly instance: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What any question with a key can meet. */
export const GENERAL_PROBLEMS = (instance: string): readonly ExampleProblem[] => [
  {
    code: 'unauthenticated',
    detail: 'Send a key of this API: the header Authorization: Bearer KEY, or X-Api-Key: KEY.',
    instance,
  },
  {
    code: 'too-many-requests',
    detail:
      'The key "shop-1304" has 6000 requests a minute. Ask again after the time in Retry-After, or send more events per request.',
    instance,
    extensions: { limit_requests_per_minute: 6_000 },
  },
  { code: 'internal', detail: 'This is not caused by your request. Try again; the log of the server knows more.', instance },
  {
    code: 'overloaded',
    detail: 'The server has too much to do at the moment. Ask again after the time in Retry-After.',
    instance,
  },
];

/** Headers that refusals of a status carry. */
const HEADERS: Readonly<Record<number, Record<string, object>>> = {
  401: { 'WWW-Authenticate': { type: 'string', description: 'Bearer' } },
  405: { Allow: { type: 'string', description: 'The methods that there are' } },
  429: { 'Retry-After': { type: 'string', description: 'Seconds after which to come again' } },
  503: { 'Retry-After': { type: 'string', description: 'Seconds after which to come again' } },
};

/** OpenAPI `responses` of the given problems, an example each; problems of one status share its entry. */
export const problemResponses = (examples: readonly ExampleProblem[]): Record<number, object> => {
  const responses: Record<
    number,
    {
      description: string;
      headers?: Record<string, object>;
      content: { 'application/problem+json': { schema: object; examples: Record<string, object> } };
    }
  > = {};
  for (const { code, detail, instance, extensions } of examples) {
    const { status, title } = PROBLEMS[code];
    const example = { summary: title, value: { type: problemType(code), title, status, detail, instance, ...extensions } };
    const response = responses[status];
    if (response) {
      response.description += ` / ${title}`;
      response.content['application/problem+json'].examples[code] = example;
    } else {
      responses[status] = {
        description: title,
        ...(HEADERS[status] ? { headers: HEADERS[status] } : {}),
        content: { 'application/problem+json': { schema: { $ref: 'Problem#' }, examples: { [code]: example } } },
      };
    }
  }
  return responses;
};
