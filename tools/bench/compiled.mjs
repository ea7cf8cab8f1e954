// The projects' TypeScript for a bench: one module with the exports that `contents` names, bundled into a temporary folder.
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const workspace = fileURLToPath(new URL('../..', import.meta.url));

export async function compiled(contents) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    const outfile = join(folder, 'bench.mjs');
    // Packages are CommonJS, and the bundle stands outside the workspace.
    const banner = {
      js: `import { createRequire as requireFrom } from "node:module"; const require = requireFrom(${JSON.stringify(join(workspace, 'package.json'))});`,
    };
    const stdin = { contents, resolveDir: join(workspace, 'apps/standalone') };
    await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile, banner, logLevel: 'error' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
