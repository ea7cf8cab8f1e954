import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHART, prepared } from './chart';
import { attempt } from './command';
import { program } from './programs';

jest.setTimeout(60_000);
beforeAll(() => prepared(), 900_000);

test.each(readdirSync(join(CHART, 'tests')).filter((file) => file.endsWith('_test.yaml')))('helm-unittest %s', async (file) => {
  const { code, stdout } = attempt(await program('helm-unittest'), ['--strict', '--file', `tests/${file}`, CHART]);
  if (code !== 0) throw new Error(stdout);
  expect(stdout).toMatch(/^Tests: +[1-9]\d* passed, [1-9]\d* total$/m);
});
