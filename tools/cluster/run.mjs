// `npm run test:cluster`: installs what is missing, builds what has changed, and runs it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, nx, prepare, workspace } from '../prepare.mjs';

prepare();
const { status, stdout } = nx(
  ['run-many', '-t', 'build', '-p', 'cluster,image', '--outputStyle=static'],
  ['ignore', 'pipe', 'inherit'],
);
if (status !== 0) fail(`${stdout}\nThe build failed.`);
process.chdir(workspace);
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(workspace, 'dist/tools/cluster/main.js')).href);
