// `npm run dashboards`: makes deploy/monitoring/dashboards from tools/monitoring, and takes both rules and dashboards into the Helm chart.
// Installs what is missing, and builds what has changed.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, nx, prepare, workspace } from '../prepare.mjs';

prepare();
const { status, stdout } = nx(['run-many', '-t', 'build', '-p', 'monitoring', '--outputStyle=static'], ['ignore', 'pipe', 'inherit']);
if (status !== 0) fail(`${stdout}\nThe build failed.`);
process.chdir(workspace);
await import(pathToFileURL(join(workspace, 'dist/tools/monitoring/main.js')).href);
await import(pathToFileURL(join(workspace, 'tools/chart/files.mjs')).href);
