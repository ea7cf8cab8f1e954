import { build, type Plugin } from 'esbuild';
import { join } from 'node:path';

/** Whoever bundles does so from the workspace's root, or from a spec below it. */
export const workspace = process.env['MILLRACE_WORKSPACE'] ?? join(__dirname, '../../../../..');

/** Bundles the simulator's command into one file; npm packages stay outside. */
export async function bundle(outfile: string, plugins: Plugin[] = []): Promise<string> {
  await build({
    entryPoints: [join(workspace, 'libs/testkit/src/simulator/command/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'silent',
    absWorkingDir: workspace,
    plugins: [...plugins, outside],
  });
  return outfile;
}

const outside: Plugin = {
  name: 'npm packages stay outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@millrace/') ? undefined : { path, external: true },
    );
  },
};
