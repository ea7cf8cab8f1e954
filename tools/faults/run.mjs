// `npm run faults`: installs what is missing, builds what has changed, and runs it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, nx, prepare, workspace } from '../prepare.mjs';

prepare();
const projects = 'faults,ods,dwd,dws,archive,app,admin';
const { status, stdout } = nx(['run-many', '-t', 'build', '-p', projects, '--outputStyle=static'], ['ignore', 'pipe', 'inherit']);
if (status !== 0) fail(`${stdout}\nThe build failed.`);
process.chdir(workspace);
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(workspace, 'dist/tools/faults/main.js')).href);
