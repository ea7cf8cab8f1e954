import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { METRICS } from './definitions';

/** The definitions against the code that tells the meter, in both directions. What runs is held against them elsewhere. */

const WORKSPACE = join(__dirname, '../../../..');
const HERE = 'libs/boot/src/metrics/definitions.ts';

const sources = ['libs', 'apps'].flatMap((folder) =>
  readdirSync(join(WORKSPACE, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter(
      (path) => path.endsWith('.ts') && !/\.spec\.ts$|\/testing\/|\/node_modules\/|^libs\/testkit\//.test(path) && path !== HERE,
    )
    .map((path) => ({ path, text: readFileSync(join(WORKSPACE, path), 'utf8') })),
);
const names = Object.keys(METRICS);

test('whatever the code tells the meter is defined', () => {
  const told = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:meter|prometheus|ports\.meter)\??\.(?:count|gauge|observe)\(\s*'([^']+)'/g)].map(([, name = '']) => ({
      path,
      name,
    })),
  );
  expect(told.length).toBeGreaterThan(30);
  expect(told.filter(({ name }) => !names.includes(name))).toEqual([]);
});

test('whatever is defined the code tells the meter', () => {
  const counters = (layer: string, path: string): string[] => {
    const { text = '' } = sources.find((source) => source.path === path) ?? {};
    return [...(/= \(\): \w+ => \(\{([^]*?)\n\}\);/.exec(text)?.[1] ?? '').matchAll(/^ {2}(\w+):/gm)].map(
      ([, name = '']) => `${layer}_${name}`,
    );
  };
  const counted = [...counters('ods', 'libs/layers/ods/src/counts.ts'), ...counters('dwd', 'libs/layers/dwd/src/counters.ts')];
  expect(counted.length).toBeGreaterThan(15);
  // An operator's counters are all told, so that each must be defined too.
  expect(counted.filter((name) => !names.includes(name))).toEqual([]);
  const silent = names.filter(
    (name) =>
      !counted.includes(name) &&
      !sources.some(
        ({ text }) => text.includes(`'${name}'`) || text.includes(`  ${name}: '`) || new RegExp(`[{ ]${name}: '`).test(text),
      ),
  );
  expect(silent).toEqual([]);
});

test('nothing is asked of Prometheus in the documentation that is not exported', () => {
  const pages = readdirSync(join(WORKSPACE, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join(WORKSPACE, 'docs', path));
  const exported = new RegExp(`^millrace_(${names.join('|')})(_total|_bucket|_sum|_count)?$`);
  const unknown = [...pages, join(WORKSPACE, 'README.md')].flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/(?<![\w.:/])millrace_[a-z_]+[a-z](?!\w)/g)]
      .map(([name]) => name)
      .filter((name) => !exported.test(name) && !/^millrace_2?$/.test(name))
      .map((name) => `${relative(WORKSPACE, path)}: ${name}`),
  );
  expect(unknown).toEqual([]);
});
