import { workspace } from '@millrace/testkit/servers';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, run } from './command';

const PROGRAMS = ['ods', 'dwd', 'dws', 'archive', 'app', 'admin'];
const target = mkdtempSync(join(tmpdir(), 'millrace-out-'));
jest.setTimeout(120_000);

beforeAll(async () => {
  await run(process.execPath, ['tools/image/assemble.mjs', target, ...PROGRAMS], workspace());
});
afterAll(() => rmSync(target, { recursive: true }));

const packages = (): string[] =>
  readdirSync(join(target, 'node_modules')).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(target, 'node_modules', name)).map((inner) => `${name}/${inner}`) : [name],
  );

test.each(PROGRAMS)('%s has all that it needs, away from the repository', async (program) => {
  // That what is imported lazily is there, too, the check of the image shows.
  const { code, stdout, stderr } = await attempt(process.execPath, [join(target, 'millrace.cjs'), program, '--help'], target);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: /);
});

test('a program that is none is told those that are', async () => {
  const { code, stderr } = await attempt(process.execPath, [join(target, 'millrace.cjs'), '../app'], target);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'There is no program "../app". Name one of: admin, app, archive, dwd, dws, ods.\n',
  });
});

test('only packages of production, and none that only standalone needs', () => {
  const { packages: locked } = JSON.parse(readFileSync(join(workspace(), 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; version?: string }>;
  };
  const found = packages();
  expect(found).toEqual(expect.arrayContaining(['@platformatic/kafka', 'pino', 'fastify', 'ioredis']));
  expect(found.filter((name) => locked[`node_modules/${name}`]?.dev === true)).toEqual([]);
  expect(found.filter((name) => /^(@millrace|@chdb)\/|^(chdb|esbuild|jest|nx|typescript)$/.test(name))).toEqual([]);
});

test('every package is of the version that the lock file names', () => {
  const { packages: locked } = JSON.parse(readFileSync(join(workspace(), 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string }>;
  };
  const versions = Object.fromEntries(
    packages().map((name) => [
      name,
      (JSON.parse(readFileSync(join(target, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version,
    ]),
  );
  expect(versions).toEqual(
    Object.fromEntries(Object.keys(versions).map((name) => [name, locked[`node_modules/${name}`]?.version])),
  );
});

test('declarations of sources are beside the programs', () => {
  expect(existsSync(join(target, 'deploy/sources/http.json'))).toBe(true);
});
