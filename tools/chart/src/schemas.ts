import { kept, need } from '@millrace/testkit/servers';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';

/** Ships the schemas of Kubernetes 1.25 to 1.37. */
const KUBERNETES_VALIDATE = '1.37.0';
/** The oldest that the chart says it runs on, and the newest but one. */
export const VERSIONS = ['1.30.0', '1.36.0'] as const;
/** Modules that hold the definitions of other people's kinds, and which of them the chart uses. */
const DEFINITIONS = [
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    folder: 'example/prometheus-operator-crd',
    files: /_(podmonitors|servicemonitors|prometheusrules)\.yaml$/,
  },
  {
    module: 'github.com/kedacore/keda/v2@v2.21.0',
    folder: 'config/crd/bases',
    files: /_(scaledobjects|triggerauthentications)\.yaml$/,
  },
] as const;
const KUBECONFORM = 'github.com/yannh/kubeconform@v0.8.0';

/** Where kubeconform finds the schemas of Kubernetes' own kinds, and of those of operators: its `-schema-location`s. */
export const schemaLocations = async (): Promise<string[]> => {
  const kubernetes = await kept(`kubernetes-schemas-${KUBERNETES_VALIDATE}-${VERSIONS.join('-')}`, fetchKubernetes);
  const definitions = DEFINITIONS.map(({ module }) => module.replace(/.*\//, '').replaceAll('@', '-')).join('-');
  const operators = await kept(`operator-schemas-${definitions}`, fetchOperators);
  return [
    `${kubernetes}/{{.NormalizedKubernetesVersion}}-local{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json`,
    `${operators}/{{.ResourceKind}}-{{.Group}}-{{.ResourceAPIVersion}}.json`,
  ];
};

/** Packages of PyPI, into a folder. */
export const install = (library: string, packages: readonly string[]): void => {
  const options = ['--quiet', '--disable-pip-version-check', '--target', library];
  run('python3', ['-m', 'pip', 'install', ...options, ...packages]);
};

async function fetchKubernetes(draft: string): Promise<void> {
  await need(['python3']);
  const library = join(draft, 'library');
  install(library, ['--no-deps', `kubernetes-validate==${KUBERNETES_VALIDATE}`]);
  for (const version of VERSIONS) {
    const name = `v${version}-local-strict`;
    const from = join(library, 'kubernetes_validate/kubernetes-json-schema', name);
    mkdirSync(join(draft, name));
    for (const file of readdirSync(from))
      writeFileSync(join(draft, name, file), relative(readFileSync(join(from, file), 'utf8')));
  }
  run('rm', ['-r', library]);
}

/** They refer to an address of their own; beside one another they are found without. */
const relative = (schema: string): string =>
  schema
    .replaceAll('"/api/_definitions.json#', '"_definitions.json#')
    .replaceAll('"$id": "https://kubernetes.io', '"$comment": "');

async function fetchOperators(draft: string): Promise<void> {
  await need(['go', 'python3']);
  const found = DEFINITIONS.flatMap(({ module, folder, files }) => {
    const from = join(directoryOf(module), folder);
    const names = readdirSync(from).filter((file) => files.test(file));
    for (const name of names) cpSync(join(from, name), join(draft, name));
    return names;
  });
  convertDefinitions(draft, found, join(draft, 'work'));
  run('rm', ['-r', join(draft, 'work')]);
}

/** Definitions of kinds in `folder` → a schema of each beside them; `work` is where what is needed for it goes. */
export const convertDefinitions = (folder: string, files: readonly string[], work: string): void => {
  const library = join(work, 'python');
  install(library, ['pyyaml==6.0.3']);
  const converter = join(directoryOf(KUBECONFORM), 'scripts/openapi2jsonschema.py');
  run('python3', [converter, ...files], {
    cwd: folder,
    env: { PYTHONPATH: library, FILENAME_FORMAT: '{kind}-{fullgroup}-{version}' },
  });
};

const directoryOf = (module: string): string => {
  const { Dir } = JSON.parse(run('go', ['mod', 'download', '-json', module])) as { Dir: string };
  return Dir;
};
