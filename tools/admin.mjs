// `npm run admin -- COMMAND`: the operator's commands. Installs what is missing, and builds what has changed.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, nx, prepare, workspace } from './prepare.mjs';

prepare();
const { status, stdout } = nx(['run', 'admin:build', '--outputStyle=static'], ['ignore', 'pipe', 'inherit']);
if (status !== 0) fail(`${stdout}\nThe build failed.`);
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(workspace, 'dist/apps/admin/main.js')).href);
