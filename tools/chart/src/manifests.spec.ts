import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { workspace } from '@millrace/testkit/servers';
import { CHART, exampleFile, examples, manifests, podsOf, prepared, template } from './chart';
import { attempt } from './command';
import { program } from './programs';
import { schemaLocations, VERSIONS } from './schemas';
import { variants } from './variants';

jest.setTimeout(60_000);
// The first time it builds the programs.
beforeAll(() => prepared(), 900_000);

test.each(examples())('helm lint finds nothing to say of the example %s', async (name) => {
  const { code, stdout } = attempt(await program('helm'), ['lint', '--strict', '--quiet', CHART, '-f', exampleFile(name)]);
  expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: '' });
});

describe.each(variants())('$what', ({ example, set }) => {
  let rendered: string;
  beforeAll(async () => void (rendered = await template(example, ...set)));

  test('no two objects have one name', () => {
    const names = manifests(rendered).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test('every pod is confined', () => {
    for (const { name, spec } of podsOf(manifests(rendered))) {
      expect({ pod: name, ...spec }).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const container of spec.containers)
        expect({ pod: name, ...container }).toMatchObject({
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          resources: { requests: { cpu: expect.anything(), memory: expect.anything() }, limits: { memory: expect.anything() } },
        });
    }
  });

  test('no secret stands in an environment', () => {
    for (const { spec } of podsOf(manifests(rendered)))
      for (const { env } of spec.containers)
        for (const { name } of env) if (/PASSWORD|KEY|SECRET/.test(name)) expect(name).toMatch(/_FILE$/);
  });

  test('every mount has its volume, and every volume a mount', () => {
    for (const { spec, claims } of podsOf(manifests(rendered))) {
      const mounts = (spec.containers[0].volumeMounts ?? []).map(({ name }) => name);
      expect(mounts.sort()).toEqual([...claims, ...(spec.volumes ?? []).map(({ name }) => name)].sort());
    }
  });
});

test.each(VERSIONS)('all of them are what Kubernetes %s and the operators take, to the field', async (version) => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-chart-'));
  try {
    for (const { what, example, set } of variants())
      writeFileSync(join(directory, `${what}.yaml`), await template(example, ...set));
    const locations = (await schemaLocations()).flatMap((location) => ['-schema-location', location]);
    const options = ['-strict', '-kubernetes-version', version, '-output', 'json', ...locations];
    const { code, stdout } = attempt(await program('kubeconform'), [...options, directory]);
    expect({ code, ...(JSON.parse(stdout) as object) }).toEqual({ code: 0, resources: [] });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('there are variants of every kind of object that the chart has', async () => {
  const kinds = (await Promise.all(variants().map(({ example, set }) => template(example, ...set)))).flatMap((text) =>
    manifests(text).map(({ kind }) => kind),
  );
  const written = readdirSync(join(CHART, 'templates'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) =>
      [...readFileSync(join(CHART, 'templates', file), 'utf8').matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind),
    );
  expect([...new Set(kinds)].sort()).toEqual([...new Set(written)].sort());
});

describe('the chart has the files of deploy/monitoring', () => {
  const files = (folder: string, ending: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder)
        .filter((file) => file.endsWith(ending))
        .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
    );
  test.each([
    ['rules', '.yaml'],
    ['dashboards', '.json'],
  ])('%s; else run node tools/chart/files.mjs', (name, ending) => {
    const here = files(join(CHART, 'files', name), ending);
    expect(here).toEqual(files(join(workspace(), 'deploy/monitoring', name), ending));
  });

  test('rules reach Prometheus, and dashboards Grafana, as they are', async () => {
    const all = manifests(await template('production'));
    const rules = all.filter(({ kind }) => kind === 'PrometheusRule').flatMap(({ spec }) => spec?.groups ?? []);
    const expected = Object.values(files(join(CHART, 'files/rules'), '.yaml')).flatMap(
      (text) => (parse(text) as { groups: object[] }).groups,
    );
    expect(rules).toEqual(expected);
    const dashboards = Object.assign(
      {},
      ...all.filter(({ metadata }) => metadata.name.includes('-dashboard-')).map(({ data }) => data),
    );
    expect(dashboards).toEqual(files(join(CHART, 'files/dashboards'), '.json'));
  });
});
