// Runs the simulator (docs/simulator.md): `npm run simulate -- --seeds 1000 --from 1`; `--help` lists what else there is.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, workspace } from './prepare.mjs';

prepare();
const outfile = join(workspace, 'dist/simulate/simulate.cjs');
await build({
  entryPoints: [join(workspace, 'libs/testkit/src/simulator/command/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  sourcemap: 'inline',
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
const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...process.argv.slice(2)], {
  cwd: workspace,
  stdio: 'inherit',
  env: { ...process.env, MILLRACE_WORKSPACE: workspace },
});
process.exit(status ?? 1);
