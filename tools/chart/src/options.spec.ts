import { workspace } from '@millrace/testkit/servers';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Container, type Manifest, manifests, type Pod, podsOf, prepared, template } from './chart';
import { attempt } from './command';
import { variants } from './variants';

jest.setTimeout(240_000);
beforeAll(() => prepared(), 900_000);

const KEYS = JSON.stringify({
  keys: [{ name: 'console', hash: `sha256:${'0'.repeat(64)}`, rights: ['read'], merchants: 'all' }],
});

const root = mkdtempSync(join(tmpdir(), 'millrace-chart-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Does what was done before once only: starting a program takes half a second, and most variants tell most of them the same. */
const known = new Map<string, unknown>();
const once = <Value>(what: unknown, find: () => Value): Value => {
  const key = JSON.stringify(what);
  if (!known.has(key)) known.set(key, find());
  return known.get(key) as Value;
};

/** The built program that a container runs, and the words that name its command. */
const programOf = ({ args: [name = '', ...words] }: Container): [string, readonly string[]] => [
  join(workspace(), 'dist/apps', name, 'main.js'),
  words,
];

/** Every environment name that a program reads, as its help says. */
const optionsOf = (container: Container): ReadonlySet<string> =>
  once(container.args, () => {
    const [file, words] = programOf(container);
    const { code, stdout, stderr } = attempt(process.execPath, [file, ...words, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return new Set([...stdout.matchAll(/MILLRACE_[A-Z0-9_]+/g)].map(([name]) => name));
  });

/** What Kubernetes mounts: ConfigMaps as they are rendered, and secrets with something in every file that is named. Path → text. */
const filesOf = ({ spec }: Pod, all: readonly Manifest[]): Record<string, string> => {
  const [{ env, volumeMounts = [] }] = spec.containers;
  const files: Record<string, string> = {};
  for (const { name, mountPath } of volumeMounts) {
    const map = spec.volumes?.find((volume) => volume.name === name)?.configMap?.name;
    const data = all.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === map)?.data ?? {};
    for (const [file, text] of Object.entries(data)) files[join(mountPath, file)] = text;
  }
  for (const { name, value = '' } of env)
    if (name.endsWith('_FILE')) files[value] = name === 'MILLRACE_API_KEYS_FILE' ? KEYS : 'secret';
  return files;
};

/** What the program says of the environment that its pod has. */
const validate = (pod: Pod, files: Readonly<Record<string, string>>): { code: number | null; stderr: string } => {
  const [container] = pod.spec.containers;
  return once([container.args, container.env, files], () => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const env = Object.fromEntries(
      container.env.map(({ name, value = '' }) => [name, value.replaceAll('/etc/millrace', join(root, 'etc/millrace'))]),
    );
    // A StatefulSet's pods are told by their host name which of them they are; this machine is none.
    if (pod.claims.length > 0) env['MILLRACE_INSTANCE_ORDINAL'] = '0';
    const [file, words] = programOf(container);
    const { code, stderr } = attempt(process.execPath, [file, ...words, '--validate'], {
      env: { ...env, NODE_EXTRA_CA_CERTS: '', NODE_OPTIONS: '' },
    });
    return { code, stderr };
  });
};

/** These say nothing else than `small`, by other values. */
const ALIKE = ['the example local', 'more environment', 'a node port', 'no jobs'];
const distinct = variants().filter(({ what }) => !ALIKE.includes(what));

test.each(distinct)('$what: every program takes what it is told, and knows every name', async ({ example, set }) => {
  const all = manifests(await template(example, ...set));
  const found = podsOf(all).map((pod) => {
    const [container] = pod.spec.containers;
    const options = optionsOf(container);
    const names = container.env.map(({ name }) => name).filter((name) => name.startsWith('MILLRACE_'));
    return { pod: pod.name, unknown: names.filter((name) => !options.has(name)), ...validate(pod, filesOf(pod, all)) };
  });
  expect(found).toEqual(found.map(({ pod }) => ({ pod, unknown: [], code: 0, stderr: '' })));
  expect(found.length).toBeGreaterThan(6);
});
