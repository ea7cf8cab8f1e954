// Bundles one app: our own packages are TypeScript source and go in, npm packages stay outside.
import { build } from 'esbuild';
import { readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

const app = process.argv[2];

const { metafile } = await build({
  entryPoints: [join(app, 'src/main.ts')],
  outfile: join('dist', app, 'main.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // CommonJS, as in the tests; `import.meta.url` is the one thing of ES modules that it lacks.
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: {
    'import.meta.url': 'importMetaUrl',
    MILLRACE_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version),
  },
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  metafile: true,
  plugins: [
    {
      name: 'npm packages stay outside',
      setup(builder) {
        builder.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
          kind === 'entry-point' || path.startsWith('@millrace/') ? undefined : { path, external: true },
        );
      },
    },
  ],
});

// Beside it, which packages stayed outside: what the program needs where nothing else is installed.
const packages = Object.values(metafile.outputs)
  .flatMap(({ imports }) => imports)
  .filter(({ external, path }) => external && !path.startsWith('node:') && !builtinModules.includes(path))
  .map(({ path }) => /^(?:@[^/]+\/)?[^/]+/.exec(path)[0]);
writeFileSync(join('dist', app, 'packages.json'), `${JSON.stringify([...new Set(packages)].sort())}\n`);
