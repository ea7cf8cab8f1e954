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
  },
  { $id: 'Problem', description: 'Problem document, RFC 9457.' },
);

interface ExampleProblem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly instance: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** OpenAPI `responses` of the given problems, an example each; problems of one status share its entry. */
export const problemResponses = (examples: readonly ExampleProblem[]): Record<number, object> => {
  const responses: Record<
    number,
    { description: string; content: { 'application/problem+json': { schema: object; examples: Record<string, object> } } }
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
        content: { 'application/problem+json': { schema: { $ref: 'Problem#' }, examples: { [code]: example } } },
      };
    }
  }
  return responses;
};
