import { kept, need } from '@millrace/testkit/servers';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './command';

/** The npm that came with Node 24. */
const NPM = '11.6.2';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x64', arm64: 'arm64' };

/** The official image has no more than this: Debian, Node with npm, and a user. */
const DOCKERFILE = `FROM scratch
ADD rootfs.tar /
COPY node /usr/local/
COPY ca-certificates.crt ${CERTIFICATES}
ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES} PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
RUN groupadd -g 1000 node && useradd -u 1000 -g 1000 -m node
CMD ["node"]
`;

/** `docker.io/library/node:24.1.0-bookworm-slim`, as the Dockerfile names it. */
export const baseOf = (dockerfile: string): { readonly image: string; readonly node: string; readonly debian: string } => {
  const match = /^ARG NODE_IMAGE=(\S+\/node:(\d+\.\d+\.\d+)-([a-z]+)-slim)$/m.exec(dockerfile);
  if (match === null) throw new Error('The Dockerfile has no line "ARG NODE_IMAGE=…/node:VERSION-DEBIAN-slim"');
  const [, image = '', node = '', debian = ''] = match;
  return { image, node, debian };
};

/**
 * An image in place of the official one, for machines that reach package registries alone: Debian by mmdebstrap, and the same Node
 * and an npm from npm's registry. It is called `localhost/…`, so that nobody takes it for the official one. Returns its name.
 */
export const standIn = async (): Promise<string> => {
  const { node, debian } = baseOf(readFileSync('Dockerfile', 'utf8'));
  const name = `localhost/node-stand-in:${node}-${debian}-slim`;
  await need(['buildah', 'mmdebstrap']);
  if ((await run('buildah', ['images', '--quiet', '--filter', `reference=${name}`])) !== '') return name;
  const rootfs = await kept(`rootfs-${debian}`, async (draft) => {
    await run('mmdebstrap', ['--quiet', '--variant=minbase', '--include=ca-certificates', debian, join(draft, 'rootfs.tar')]);
  });
  const context = await mkdtemp(join(tmpdir(), 'millrace-base-'));
  try {
    const architecture = ARCHITECTURES[process.arch];
    if (architecture === undefined) throw new Error(`There is no Node ${node} for ${process.arch} in npm's registry`);
    const modules = join(context, 'node/lib/node_modules');
    await unpacked(`node-linux-${architecture}@${node}`, join(context, 'package'));
    await unpacked(`npm@${NPM}`, join(modules, 'npm'));
    await mkdir(join(context, 'node/bin'), { recursive: true });
    await copyFile(join(context, 'package/bin/node'), join(context, 'node/bin/node'));
    for (const tool of ['npm', 'npx'])
      await symlink(`../lib/node_modules/npm/bin/${tool}-cli.js`, join(context, 'node/bin', tool));
    await copyFile(join(rootfs, 'rootfs.tar'), join(context, 'rootfs.tar'));
    // The machine's own, which may know a registry mirror that the world does not.
    if (existsSync(CERTIFICATES)) await copyFile(CERTIFICATES, join(context, 'ca-certificates.crt'));
    await writeFile(join(context, 'Dockerfile'), DOCKERFILE);
    await run('buildah', ['bud', '--isolation', 'chroot', '--pull=never', '--quiet', '--tag', name, context]);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  return name;
};

const unpacked = async (specifier: string, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const file = await run('npm', ['pack', specifier, '--silent', '--pack-destination', folder]);
  await run('tar', ['xzf', join(folder, file), '-C', folder, '--strip-components=1']);
  await rm(join(folder, file));
};
