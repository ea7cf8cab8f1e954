// The boundaries of the modules, and the mistakes that types do not show. Layout is prettier's affair.
import eslint from '@eslint/js';
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import tseslint from 'typescript-eslint';

const specs = ['**/*.spec.ts'];

/** Who may import whom. All constraints that match a project apply together; the tags are in each package.json. */
const layers = [
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:domain'] },
  { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: ['type:kernel'] },
  { sourceTag: 'type:layer', onlyDependOnLibsWithTags: ['type:domain', 'type:kernel'] },
  { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:adapter', 'type:domain', 'type:kernel'] },
  { sourceTag: 'type:boot', onlyDependOnLibsWithTags: ['type:boot', 'type:kernel'] },
  // What several mains share: it chooses adapters by the configuration, and puts the engine over them.
  {
    sourceTag: 'type:service',
    onlyDependOnLibsWithTags: ['type:layer', 'type:adapter', 'type:boot', 'type:domain', 'type:kernel'],
  },
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: ['type:service', 'type:layer', 'type:adapter', 'type:boot', 'type:domain', 'type:kernel'],
  },
  { sourceTag: 'type:test', onlyDependOnLibsWithTags: ['type:test', 'type:layer', 'type:adapter', 'type:domain', 'type:kernel'] },
  // What runs the deployed whole, and the servers under it.
  {
    sourceTag: 'type:e2e',
    onlyDependOnLibsWithTags: [
      'type:test',
      'type:app',
      'type:service',
      'type:layer',
      'type:adapter',
      'type:boot',
      'type:domain',
      'type:kernel',
    ],
  },
];

/** A spec may also use the test kit and, where npm packages are banned, what generates cases and judges answers. */
const boundaries = ({ inSpecs }) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    banTransitiveDependencies: true,
    // The test kit drives layers, and their specs use the test kit; nx sees projects, not files, and calls that a circle.
    ignoredCircularDependencies: [['testkit', '*']],
    depConstraints: [
      ...layers.map(({ sourceTag, onlyDependOnLibsWithTags: allowed }) => ({
        sourceTag,
        onlyDependOnLibsWithTags: inSpecs ? [...allowed, 'type:test'] : allowed,
      })),
      {
        sourceTag: 'io:none',
        allowedExternalImports: inSpecs ? ['fast-check', 'ajv', 'ajv/*', 'ajv-formats', 'csv-parse', 'csv-parse/*'] : [],
      },
    ],
  },
];

const pure = projectsTagged('io:none').map((project) => `${project}/**/*.ts`);

/** The engine's loop awaits the ports; everything else that is tagged io:none is synchronous. */
const waiting = ['libs/stream/src/runner/*.ts'];

const outside = 'io:none: this belongs to an adapter, and comes in through a port.';
const clock = 'io:none: time comes with the records (design D1).';
const impure = {
  'no-restricted-imports': [
    'error',
    { paths: builtinModules.map((name) => ({ name, message: outside })), patterns: [{ regex: '^node:', message: outside }] },
  ],
  'no-restricted-globals': [
    'error',
    ...['process', 'fetch', 'performance', 'console', 'crypto', 'global', 'globalThis'].map((name) => ({
      name,
      message: outside,
    })),
    ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({ name, message: clock })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: clock },
    { object: 'Math', property: 'random', message: 'io:none: seeded generators only.' },
  ],
};
const noWallTime = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clock },
  { selector: "CallExpression[callee.name='Date']", message: clock },
  { selector: 'ImportExpression', message: outside },
];
const noAsync = {
  selector: ':function[async=true]',
  message: 'io:none: nothing suspends between reading state and writing it (design D1).',
};

export default defineConfig(
  { ignores: ['**/dist', '**/node_modules', '**/coverage'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [eslint.configs.recommended, tseslint.configs.strict],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries({ inSpecs: false }),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'no-undef': 'off', // TypeScript's
    },
  },
  { files: pure, ignores: specs, rules: { ...impure, 'no-restricted-syntax': ['error', ...noWallTime, noAsync] } },
  { files: waiting, rules: { 'no-restricted-syntax': ['error', ...noWallTime] } },
  {
    files: specs,
    rules: {
      '@nx/enforce-module-boundaries': boundaries({ inSpecs: true }),
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);

function projectsTagged(tag) {
  const workspace = import.meta.dirname;
  const readJson = (path) => JSON.parse(readFileSync(join(workspace, path), 'utf8'));
  return readJson('package.json')
    .workspaces.map((pattern) => pattern.replace('/*', ''))
    .flatMap((folder) => readdirSync(join(workspace, folder)).map((name) => `${folder}/${name}`))
    .filter(
      (project) =>
        existsSync(join(workspace, project, 'package.json')) && readJson(`${project}/package.json`).nx?.tags?.includes(tag),
    );
}
