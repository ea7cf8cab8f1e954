import { parseArgs } from 'node:util';
import { rm } from 'node:fs/promises';
import { buildImage } from './build';
import { checkImage } from './check';
import { run } from './command';
import { standIn } from './stand-in';

const HELP = `npm run image -- [options]

Builds the Dockerfile and runs every program from the image, over real servers, under a memory limit.

  --name NAME      what the image is called; default: localhost/millrace:dev
  --base IMAGE     the base to build on, such as that which the Dockerfile names; default: a stand-in made of Debian's and npm's
                   packages, for machines that reach no registry of images
  --archive FILE   writes the image to this file, as docker save would
  --no-check       only builds
  --no-build       only checks an image that is there
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      name: { type: 'string', default: 'localhost/millrace:dev' },
      base: { type: 'string' },
      archive: { type: 'string' },
      'no-check': { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (!values['no-build']) {
    const base = values.base ?? (await standIn());
    const id = await buildImage(values.name, base);
    const size = Number(await run('podman', ['image', 'inspect', '--format', '{{.Size}}', values.name]));
    say(`✓ ${values.name} ${id.slice(0, 12)}, ${Math.round(size / 1e6)} MB, over ${base}`);
  }
  if (values.archive !== undefined) {
    await rm(values.archive, { force: true });
    await run('buildah', ['push', '--quiet', values.name, `docker-archive:${values.archive}:${values.name}`]);
    say(`✓ ${values.archive}`);
  }
  if (values['no-check']) return 0;
  const problems = await checkImage(values.name, say);
  for (const problem of problems) process.stderr.write(`✗ ${problem}\n`);
  return problems.length === 0 ? 0 : 1;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
