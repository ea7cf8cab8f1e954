import { ATTRIBUTIONS, GRAINS, METRICS, RATIOS } from '@millrace/ads';
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020';
import type { FastifyInstance } from 'fastify';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { METRICS_PARAMETERS } from './metrics/parameters';
import { appOver, ScriptedOlap } from './testing/doubles';
import { conversionRow, storedRow } from './testing/rows';

interface Media {
  readonly schema: object;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly description: string;
    readonly schema: object;
    readonly example: unknown;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content: Readonly<Record<string, Media>> }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const documentOf = async (app: FastifyInstance): Promise<Document> => (await app.inject('/docs/json')).json<Document>();

let document: Document;
let operations: { path: string; method: string; operation: Operation }[];
/** Holds a value against a schema of the document, given by its place in it. */
let faultsOf: (place: readonly string[], value: unknown) => unknown;

beforeAll(async () => {
  document = await documentOf(appOver());
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, 'openapi');
  faultsOf = (place, value) => {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = ajv.compile({ $ref: `openapi#/${pointer}` });
    return validate(value) ? null : validate.errors;
  };
});

/** Runs a program on the document. A process of its own: both judges are ES modules, which jest cannot require. */
const judgedBy = (program: string): unknown => {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const { stdout, stderr } = spawnSync(process.execPath, [program, file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
};

const PROCESS_MS = 60_000;

test(
  'the document is OpenAPI 3.1',
  async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(judgedBy(require.resolve('@seriousme/openapi-schema-validator/bin/validate-api-cli.js'))).toEqual({ valid: true });
  },
  PROCESS_MS,
);

test(
  'a linter finds nothing in it',
  () => {
    expect(judgedBy(join(__dirname, 'testing', 'lint-openapi.mjs'))).toEqual([]);
  },
  PROCESS_MS,
);

test('the page that shows it is served', async () => {
  const response = await appOver().inject('/docs');
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toContain('text/html');
});

test('every address is there, with its name, tag and summary, and no two names are equal', () => {
  expect(operations.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'post /v1/events',
    'get /v1/metrics',
    'get /v1/metrics/stream',
    'get /v1/conversions/{id}',
    'get /v1/rejected',
    'get /v1/late',
    'get /healthz/live',
    'get /healthz/ready',
    'get /metrics',
  ]);
  for (const { operation } of operations)
    expect(operation).toMatchObject({
      operationId: expect.stringMatching(/^\w+$/),
      summary: expect.stringMatching(/./),
      tags: [expect.stringMatching(/^\w+$/)],
    });
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
});

test('every answer and every body has an example, and every example is valid', () => {
  let examples = 0;
  const check = (place: readonly string[], content: Readonly<Record<string, Media>>): void => {
    for (const [type, media] of Object.entries(content)) {
      const values = Object.values(media.examples ?? {});
      expect([place, type, values.length]).not.toEqual([place, type, 0]);
      for (const { value } of values) {
        examples++;
        expect([place, faultsOf([...place, type, 'schema'], value)]).toEqual([place, null]);
      }
    }
  };
  for (const { path, method, operation } of operations) {
    const place = ['paths', path, method];
    if (operation.requestBody) check([...place, 'requestBody', 'content'], operation.requestBody.content);
    for (const [status, { content = {} }] of Object.entries(operation.responses))
      check([...place, 'responses', status, 'content'], content);
  }
  expect(examples).toBeGreaterThan(20);
});

test('the examples of parameters are valid, and are understood', async () => {
  const [metrics] = operations.filter(({ operation }) => operation.operationId === 'getMetrics');
  const parameters = metrics?.operation.parameters ?? [];
  expect(parameters.map(({ name }) => name)).toEqual(Object.keys(METRICS_PARAMETERS));
  for (const [index, { schema, example }] of parameters.entries()) {
    expect(schema).toBeDefined();
    expect(faultsOf(['paths', '/v1/metrics', 'get', 'parameters', String(index), 'schema'], example)).toBeNull();
  }
  const query = new URLSearchParams(
    parameters.flatMap(({ name, example }) => [example].flat().map((value): [string, string] => [name, String(value)])),
  );
  expect((await appOver().inject(`/v1/metrics?${query.toString()}`)).statusCode).toBe(200);
});

test('the examples of events are accepted', async () => {
  const { content = {} } = document.paths['/v1/events']?.['post']?.requestBody ?? {};
  for (const [type, { examples = {} }] of Object.entries(content)) {
    for (const { value } of Object.values(examples)) {
      const payload = typeof value === 'string' ? value : JSON.stringify(value);
      const response = await appOver().inject({ method: 'POST', url: '/v1/events', headers: { 'content-type': type }, payload });
      expect(response.json()).toMatchObject({ rejected: 0 });
      expect(response.statusCode).toBe(202);
    }
  }
});

test('the numbers of a row are those of the definitions', () => {
  const numbers = (
    document.components.schemas['MetricsAnswer'] as {
      properties: { rows: { items: { properties: { metrics: { properties: Record<string, object> } } } } };
    }
  ).properties.rows.items.properties.metrics.properties;
  expect(Object.keys(numbers)).toEqual([...METRICS, ...RATIOS].map(({ name }) => name));
  for (const { name, split } of METRICS) expect(numbers[name]).toMatchObject(split ? { type: 'object' } : { type: 'integer' });
  expect(Object.keys((numbers['orders'] as { properties: object }).properties)).toEqual(ATTRIBUTIONS);
});

describe('what is really answered fits the document', () => {
  const MEDIA = 'application/json';
  const answer = async (url: string, rows: object[]) => {
    const olap = new ScriptedOlap();
    olap.rows = rows;
    return (await appOver({ olap }).inject(url)).json<unknown>();
  };

  test.each(GRAINS.map(({ name, path }) => [name, path] as const))('metrics of grain %s', async (_, path) => {
    const row = storedRow(Object.fromEntries(path.map((field) => [field, 'x'])));
    const place = ['paths', '/v1/metrics', 'get', 'responses', '200', 'content', MEDIA, 'schema'];
    for (const query of ['window=day', 'window=hour', 'window=total', 'basis=click', 'order=-ctr&limit=1']) {
      const given = await answer(
        `/v1/metrics?from=2014-11-11&to=2014-11-12&${path.length > 0 ? `groupBy=${path.join(',')}&` : ''}${query}`,
        [row],
      );
      expect(given).toMatchObject({ rows: [{}] });
      expect(faultsOf(place, given)).toBeNull();
    }
  });

  test('conversions', async () => {
    const organic = {
      attribution: 'organic',
      click_id: '',
      click_source: '',
      click_time: null,
      ad_id: '',
      campaign_id: '',
    } as const;
    const rows = [
      conversionRow(organic),
      conversionRow({ ...organic, sign: -1 }),
      conversionRow({ version: 1 }),
      conversionRow({ model: 'linear' }),
    ];
    expect(
      faultsOf(
        ['paths', '/v1/conversions/{id}', 'get', 'responses', '200', 'content', MEDIA, 'schema'],
        await answer('/v1/conversions/order-1', rows),
      ),
    ).toBeNull();
  });

  test('problems', async () => {
    for (const url of [
      '/nowhere',
      '/v1/metrics',
      '/v1/metrics?from=2014-11-11&to=2014-11-13&window=total&metrics=click_uv',
      '/v1/conversions/x',
    ]) {
      expect(faultsOf(['components', 'schemas', 'Problem'], await answer(url, []))).toBeNull();
    }
  });

  test('results of events', async () => {
    const response = await appOver().inject({
      method: 'POST',
      url: '/v1/events',
      payload: [
        { type: 'click' },
        { type: 'cancel', event_id: '1', event_time: 1, user_id: 'u', order_id: 'o', item_id: 'i', merchant_id: 'm' },
      ],
    });
    expect(response.statusCode).toBe(202);
    expect(faultsOf(['components', 'schemas', 'EventResults'], response.json())).toBeNull();
  });
});
