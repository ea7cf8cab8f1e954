import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * The architecture's rules are worth what lint makes of them. One violation of each kind is linted as if it stood in the
 * project it would spoil, and the rule must object; what is legal must pass. Nothing is written to the tree.
 */

/** A file, its text, and the objections expected. */
type Case = readonly [file: string, code: string, ...objections: string[]];

const tag = 'onlyTagsConstraintViolation';
const circle = 'noCircularDependencies'; // said in place of `tag` where the other project depends on this one
const npm = 'bannedExternalImportsViolation';
const undeclared = 'noTransitiveDependencies';

const ads = 'libs/ads/src/scratch.ts';
const stream = 'libs/stream/src/scratch.ts';
const dwd = 'libs/layers/dwd/src/scratch.ts';
const app = 'libs/layers/app/src/scratch.ts';
const adapters = 'libs/adapters/src/scratch.ts';
const boot = 'libs/boot/src/scratch.ts';
const testkit = 'libs/testkit/src/scratch.ts';
const service = 'libs/service/src/scratch.ts';
const standalone = 'apps/standalone/src/scratch.ts';

const uses = (name: string) => `import * as used from '${name}';\nexport const it = used;\n`;
const usesType = (name: string) => `import type * as used from '${name}';\nexport type It = keyof typeof used;\n`;

const imports: Case[] = [
  [ads, uses('@millrace/stream'), tag],
  [ads, uses('@millrace/layer-ods'), circle],
  [ads, uses('@millrace/adapters/memory'), circle],
  [stream, uses('@millrace/ads'), tag],
  [stream, uses('@millrace/adapters/file'), circle],
  [dwd, uses('@millrace/layer-dws'), tag],
  [dwd, usesType('@millrace/layer-dws'), tag],
  [dwd, uses('@millrace/adapters/memory'), tag],
  [dwd, usesType('@millrace/adapters/memory'), tag],
  [dwd, uses('@millrace/boot'), tag],
  [app, uses('@millrace/layer-dws'), tag],
  [app, uses('@millrace/adapters/chdb'), tag],
  [adapters, uses('@millrace/layer-dwd'), tag],
  [adapters, uses('@millrace/boot'), tag],
  [boot, uses('@millrace/ads'), tag],
  [boot, uses('@millrace/adapters/memory'), tag],
  [boot, uses('@millrace/service'), circle],
  [service, uses('@millrace/dwd'), undeclared],
  [dwd, uses('@millrace/service'), tag],
  [testkit, uses('@millrace/boot'), tag],
  [dwd, uses('../../../stream/src/index'), 'noRelativeOrAbsoluteImportsAcrossLibraries'],
];

const testkitOutsideSpecs: Case[] = [ads, stream, dwd, app, adapters, boot, service, standalone].map((file) => [
  file,
  uses('@millrace/testkit'),
  tag,
]);

const packages: Case[] = [
  [ads, uses('fast-check'), npm],
  [stream, uses('pino'), undeclared, npm],
  [dwd, uses('@clickhouse/client'), undeclared, npm],
  [dwd, usesType('@clickhouse/client'), undeclared, npm],
  [dwd.replace('.ts', '.spec.ts'), uses('@clickhouse/client'), undeclared, npm],
  // Not banned, but to be declared by whoever uses it.
  [boot, uses('msgpackr'), undeclared],
];

const pure: Case[] = [ads, stream, dwd].flatMap((file): Case[] => [
  [file, uses('node:fs'), 'no-restricted-imports'],
  [file, uses('fs'), 'no-restricted-imports'],
  [file, usesType('node:fs'), 'no-restricted-imports'],
  [file, `export const later = import('node:fs');`, 'no-restricted-syntax'],
  [file, `export const home = process.env['HOME'];`, 'no-restricted-globals'],
  ...['fetch', 'performance', 'console', 'crypto', 'globalThis', 'setTimeout', 'setInterval', 'setImmediate'].map(
    (name): Case => [file, `export const it = ${name};`, 'no-restricted-globals'],
  ),
  [file, `export const now = Date.now();`, 'no-restricted-properties'],
  [file, `export const now = new Date();`, 'no-restricted-syntax'],
  [file, `export const now = Date();`, 'no-restricted-syntax'],
  [file, `export const chance = Math.random();`, 'no-restricted-properties'],
  [file, `export async function wait(): Promise<void> {}`, 'no-restricted-syntax'],
  [file, `export const wait = async (): Promise<number> => 1;`, 'no-restricted-syntax'],
  [file, `export class Waits { async wait(): Promise<void> {} }`, 'no-restricted-syntax'],
]);

const mistakes: Case[] = [
  [ads, `export const loose = (row: any): unknown => row;`, '@typescript-eslint/no-explicit-any'],
  [ads, `export const sure = (row: { day?: string }): string => row.day!;`, '@typescript-eslint/no-non-null-assertion'],
  [boot, `import { Row } from './row';\nexport type It = Row;`, '@typescript-eslint/consistent-type-imports'],
];

const legal: Case[] = [
  [
    ads,
    `export const day = (ms: number): string => new Date(ms).toISOString();\nexport const compiled = new Function('row', 'return row');`,
  ],
  [
    ads.replace('.ts', '.spec.ts'),
    uses('@millrace/testkit') + `export const now = Date.now();\nexport const wait = async (): Promise<number> => 1;`,
  ],
  [
    ads.replace('.ts', '.spec.ts'),
    uses('fast-check') + `import { readFileSync } from 'node:fs';\nexport const read = readFileSync;`,
  ],
  [dwd, uses('@millrace/ads') + usesType('@millrace/stream').replaceAll('used', 'other')],
  [app, uses('fastify') + `export const wait = async (): Promise<void> => {};`],
  [
    adapters,
    uses('@millrace/stream') +
      `import { createClient } from '@clickhouse/client';\nimport { join } from 'node:path';\nexport { createClient, join };`,
  ],
  [testkit, uses('@millrace/layer-dwd')],
  [dwd.replace('.ts', '.spec.ts'), uses('@millrace/testkit')],
  [
    standalone,
    uses('@millrace/layer-app') +
      uses('@millrace/adapters/chdb')
        .replaceAll(/used|it/g, 'x$&')
        .replace('x$', ''),
  ],
  ['libs/stream/src/runner/scratch.ts', `export const run = async (): Promise<void> => {};`],
];

const cases: [group: string, cases: Case[]][] = [
  ['imports against the direction', imports],
  ['the test kit outside a spec', testkitOutsideSpecs],
  ['npm packages', packages],
  ['io:none', pure],
  ['mistakes', mistakes],
  ['what is legal', legal],
];

const floating = [
  'libs/boot/src/index.ts',
  `declare function save(): Promise<void>;\nexport const later = (): void => {\n  save();\n};`,
] as const;

const all = [...cases.flatMap(([, group]) => group), floating];
let objections: string[][] = [];

beforeAll(() => {
  const input = JSON.stringify(all.map(([file, code]) => ({ file, code, typed: file === floating[0] })));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'lint.mjs')], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  objections = JSON.parse(stdout);
}, 60_000);

describe.each(cases)('%s', (_group, group) => {
  test.each(group.map((it) => [it[0], it[1].trim().replaceAll('\n', ' '), it] as const))('%s: %s', (_file, _code, it) => {
    expect(objections[all.indexOf(it)]).toEqual(it.slice(2));
  });
});

test('a promise that nobody awaits', () => {
  expect(objections[all.indexOf(floating)]).toEqual(['@typescript-eslint/no-floating-promises']);
});
