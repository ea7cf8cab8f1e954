import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './kube/command';

const BUILD_LIMIT_MS = 1_200_000;
const LOAD_LIMIT_MS = 600_000;

/** What an image of the test is called: the one that is installed, its successor, and one whose services end at once. */
export type Variant = 'first' | 'next' | 'broken';

export const tagOf = (image: string, variant: Variant): { readonly repository: string; readonly tag: string } => {
  const at = image.lastIndexOf(':');
  if (at <= image.lastIndexOf('/')) throw new Error(`"${image}" has no tag`);
  return { repository: image.slice(0, at), tag: `${image.slice(at + 1)}${variant === 'first' ? '' : `-${variant}`}` };
};

const DERIVED: Readonly<Record<Exclude<Variant, 'first'>, string>> = {
  next: 'LABEL test.successor=true',
  // Its jobs run, so that the roll-out begins; its services do not.
  broken: `ENTRYPOINT ["sh", "-c", "[ \\"$0\\" = admin ] && exec node /opt/millrace/millrace.cjs \\"$0\\" \\"$@\\"; echo broken; exit 3"]`,
};

/** Builds the image and both that derive from it, and gives each one's archive to the command that loads it. Returns what was loaded. */
export const buildAndLoad = async (image: string, load: string): Promise<readonly string[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-cluster-image-'));
  try {
    const archive = join(directory, 'first.tar');
    await run(process.execPath, ['dist/tools/image/main.js', '--no-check', '--name', image, '--archive', archive], {
      limit_ms: BUILD_LIMIT_MS,
    });
    await loaded(load, archive);
    const names = [image];
    for (const [variant, line] of Object.entries(DERIVED) as [keyof typeof DERIVED, string][]) {
      const { repository, tag } = tagOf(image, variant);
      const name = `${repository}:${tag}`;
      const dockerfile = join(directory, `${variant}.Dockerfile`);
      await writeFile(dockerfile, `FROM ${image}\n${line}\n`);
      const options = ['--format', 'docker', '--isolation', 'chroot', '--pull=never', '--quiet', '-f', dockerfile, '-t', name];
      await run('buildah', ['bud', ...options, directory], { limit_ms: BUILD_LIMIT_MS });
      const file = join(directory, `${variant}.tar`);
      await run('buildah', ['push', '--quiet', name, `docker-archive:${file}:${name}`], { limit_ms: LOAD_LIMIT_MS });
      await loaded(load, file);
      names.push(name);
    }
    return names;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const loaded = async (load: string, archive: string): Promise<void> => {
  await run('sh', ['-c', `${load} "$0"`, archive], { limit_ms: LOAD_LIMIT_MS });
  await rm(archive);
};
