import { join } from 'node:path';
import ts from 'typescript';
import { labelsBySeries, notExported } from '../promql/exported';
import { queriedBy } from '../promql/queried';
import { allRules, isAlert, isRecording } from '../rules/rule-files';
import { runbookUrl, RUNBOOKS_URL } from '../runbooks';
import { asked, dashboardFile, dashboardNames, dashboardText, promqlOf } from './read';
import { dashboards, written } from '.';

jest.setTimeout(120_000);

const made = dashboards();

test('the files are what `npm run dashboards` writes', () => {
  expect(dashboardNames()).toEqual(Object.keys(made).sort());
  for (const [name, dashboard] of Object.entries(made)) expect([name, dashboardText(name)]).toEqual([name, written(dashboard)]);
});

test('each has a fixed uid of its own, by which links and bookmarks find it', () => {
  expect(Object.values(made).map(({ uid }) => uid)).toEqual([
    'millrace-overview',
    'millrace-state',
    'millrace-sinks',
    'millrace-api',
    'millrace-business',
  ]);
});

/** Every value of a key, however deep. */
const valuesOf = (key: string, within: unknown): unknown[] => {
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(key, value)]);
};

describe.each(dashboardNames())('%s', (name) => {
  const file = dashboardFile(name);
  const isBusiness = name === 'business.json';

  it('lets data source, namespace and instance be chosen', () => {
    expect(file.templating.list.map((variable) => [variable.type, variable.name])).toEqual(
      isBusiness
        ? [
            ['datasource', 'clickhouse'],
            ['query', 'merchant'],
          ]
        : [
            ['datasource', 'prometheus'],
            ['query', 'namespace'],
            ['query', 'instance'],
          ],
    );
  });

  it('has no data source of its own', () => {
    const uids = valuesOf('datasource', file).map((source) => (source as { uid?: string }).uid);
    expect([...new Set(uids)]).toEqual([isBusiness ? '${clickhouse}' : '${prometheus}']);
    expect(valuesOf('targets', file).flat().length).toBe(valuesOf('expr', file).length + sqlTargets(name).length);
  });

  it('has panels that do not lie upon one another', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of file.panels) {
      const { x, y, w, h } = gridPos;
      expect([title, x >= 0 && x + w <= 24]).toEqual([title, true]);
      for (let column = x; column < x + w; column++)
        for (let row = y; row < y + h; row++) {
          expect([title, taken.get(`${column} ${row}`)]).toEqual([title, undefined]);
          taken.set(`${column} ${row}`, title);
        }
    }
  });

  it('says of each panel what is seen, under a title of its own', () => {
    expect(new Set(file.panels.map(({ title }) => title)).size).toBe(file.panels.length);
    for (const { type, title, description = '' } of file.panels)
      if (!['row', 'text'].includes(type)) expect([title, description]).toEqual([title, expect.stringMatching(/.{10}/)]);
  });

  it('links to runbooks that there are', () => {
    const runbooks = new Set(
      allRules()
        .filter(isAlert)
        .map(({ alert }) => runbookUrl(alert)),
    );
    const links = valuesOf('url', file).filter((url) => url !== '' && url !== RUNBOOKS_URL);
    expect(links.filter((url) => !runbooks.has(String(url)))).toEqual([]);
    expect(valuesOf('url', file)).toContain(RUNBOOKS_URL);
  });
});

const sqlTargets = (name: string) =>
  dashboardFile(name).panels.flatMap(({ targets = [] }) => targets.filter(({ rawSql }) => rawSql));

describe('what is asked of Prometheus', () => {
  const series = labelsBySeries(allRules().filter(isRecording));
  const queries = asked().flatMap(({ where, target: { expr } }) => (expr === undefined ? [] : [[where, expr] as const]));

  it.each(queries)('%s', (_, expr) => {
    const queried = queriedBy(promqlOf(expr, { rate: '1m' }));
    expect(notExported(queried, series)).toEqual([]);
    // What was chosen on the dashboard holds for everything that is shown.
    for (const { labels } of queried.selectors) expect(labels).toEqual(expect.arrayContaining(['namespace', 'instance']));
  });

  it('is so much', () => {
    expect(queries.length).toBeGreaterThan(50);
  });

  it('offers namespaces and instances of a metric that every process has', () => {
    for (const name of dashboardNames())
      for (const { name: variable, type, query } of dashboardFile(name).templating.list) {
        if (type !== 'query' || typeof query === 'string' || query.query === undefined) continue;
        const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query.query) ?? [];
        expect(label).toBe(variable);
        expect(notExported(queriedBy(promqlOf(selector, { rate: '1m' })), series)).toEqual([]);
      }
  });
});

describe('what is asked of ClickHouse', () => {
  it.each(asked().flatMap(({ where, target: { rawSql } }) => (rawSql === undefined ? [] : [[where, rawSql] as const])))(
    '%s has its values in it, but for what the data source fills in',
    (_, sql) => {
      expect(sql).not.toMatch(/(?<!\$)\{\w+:\w+/);
      const left = new Set(sql.match(/\$\{?\w+(:\w+)?\}?/g));
      for (const macro of ['$__fromTime_ms', '$__toTime_ms', '${merchant:singlequote}']) left.delete(macro);
      expect([...left]).toEqual([]);
    },
  );
});

/** What the compiler says of the dashboards as values of Grafana's own type. */
const faults = (documents: Readonly<Record<string, string>>): string[] => {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const sources = new Map(
    Object.entries(documents).map(([name, document]) => [
      join(__dirname, `${name}.ts`),
      // To the compiler, a value of an enumeration is not the text that stands for it.
      `import { type Dashboard, ThresholdsMode } from '@grafana/schema';
export default ${document.trimEnd().replaceAll('"mode": "absolute"', '"mode": ThresholdsMode.Absolute')} satisfies Dashboard;`,
    ]),
  );
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => sources.get(path) ?? readFile(path);
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...how) => {
    const source = sources.get(path);
    return source === undefined ? getSourceFile(path, ...how) : ts.createSourceFile(path, source, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
};

test('they are dashboards by the schema of Grafana, which tells a misspelt key', () => {
  const documents = Object.fromEntries(dashboardNames().map((name) => [name, dashboardText(name)]));
  expect(faults(documents)).toEqual([]);
  expect(faults({ wrong: '{ "titel": "misspelt", "panels": [], "schemaVersion": 39 }' })).toEqual([
    expect.stringContaining(`"titel"' does not exist in type 'Dashboard'`),
  ]);
});
