import { need } from '@millrace/testkit/servers';
import { readFileSync } from 'node:fs';
import { run } from './command';

/** Builds the product's unchanged Dockerfile over a base. Returns the image's id. */
export const buildImage = async (name: string, base: string): Promise<string> => {
  await need(['buildah']);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const [revision = '', seconds = ''] = (await run('git', ['log', '-1', '--format=%H %ct'])).split(' ');
  const args = { NODE_IMAGE: base, VERSION: version, REVISION: revision };
  const said = await run('buildah', [
    // HEALTHCHECK is Docker's, and OCI's format has no place for it.
    ...['bud', '--format', 'docker', '--isolation', 'chroot', '--quiet', '--timestamp', seconds],
    ...(base.startsWith('localhost/') ? ['--pull=never'] : []),
    ...Object.entries(args).flatMap(([arg, value]) => ['--build-arg', `${arg}=${value}`]),
    ...['--tag', name, '.'],
  ]);
  return said.split('\n').at(-1) ?? '';
};
