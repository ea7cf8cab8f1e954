import { kept, need, workspace } from '@millrace/testkit/servers';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';

const PACKAGES = {
  helm: 'helm.sh/helm/v3/cmd/helm',
  'helm-unittest': 'github.com/helm-unittest/helm-unittest/cmd/helm-unittest',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform',
} as const;

/** The newest that the schemas are checked for; what a cluster says when there is none. */
export const KUBERNETES = '1.36';

/** No registry has them as packages: built by Go, once, of the versions and checksums in `programs/go.mod` and `go.sum`. */
const folder = async (): Promise<string> => {
  const source = join(workspace(), 'tools/chart/programs');
  const version = createHash('sha256')
    .update(readFileSync(join(source, 'go.sum')))
    .digest('hex')
    .slice(0, 12);
  return kept(`chart-programs-${version}`, async (draft) => {
    await need(['go']);
    process.stderr.write('Building helm, helm-unittest and kubeconform with go (minutes, once) ...\n');
    const [major, minor] = KUBERNETES.split('.');
    const kubernetes = `-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=${major} -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=${minor}`;
    run('go', ['build', '-trimpath', '-ldflags', `-s -w ${kubernetes}`, '-o', `${draft}/`, ...Object.values(PACKAGES)], {
      cwd: source,
      env: { CGO_ENABLED: '0' },
    });
  });
};

/** The path of a program. */
export const program = async (name: keyof typeof PACKAGES): Promise<string> => join(await folder(), name);
