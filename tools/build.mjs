// Bundles one app: our own packages are TypeScript source and go in, npm packages stay outside.
import { build } from 'esbuild';
import { join } from 'node:path';

const app = process.argv[2];

await build({
  entryPoints: [join(app, 'src/main.ts')],
  outfile: join('dist', app, 'main.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // CommonJS, as in the tests; `import.meta.url` is the one thing of ES modules that it lacks.
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'importMetaUrl' },
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
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
