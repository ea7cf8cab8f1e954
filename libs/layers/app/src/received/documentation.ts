import { GENERAL_PROBLEMS, problemResponses } from '../problem/schema';

/** What a list for operators may answer; `schema` is the name of its answer's schema. */
export const receivedResponses = ({
  path,
  reason,
  schema,
  description,
  example,
}: {
  readonly path: string;
  readonly reason: string;
  readonly schema: string;
  readonly description: string;
  readonly example: { readonly summary: string; readonly value: object };
}) => {
  const instance = `${path}?reason=${reason}`;
  return {
    200: {
      description,
      content: { 'application/json': { schema: { $ref: `${schema}#` }, examples: { one: example } } },
    },
    ...problemResponses([
      {
        code: 'invalid-parameters',
        detail: 'query.limit: "0" is no number of records from 1 to 1000.',
        instance: `${path}?limit=0`,
        extensions: { errors: [{ path: 'query.limit', detail: '"0" is no number of records from 1 to 1000.' }] },
      },
      { code: 'forbidden', detail: 'The key "shop-1304" may not operate. Use one that may.', instance },
      ...GENERAL_PROBLEMS(instance),
      {
        code: 'store-unavailable',
        detail: 'The store of the numbers does not answer. Ask again after the time in Retry-After.',
        instance,
      },
    ]),
  };
};
