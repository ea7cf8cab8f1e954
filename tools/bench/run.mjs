// `npm run bench`: installs what is missing, builds what has changed, and runs it. What each bench measures, and how, stands at the head of its
// output; `npm run bench -- --help` says the options.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, nx, prepare, workspace } from '../prepare.mjs';

prepare();
process.chdir(workspace);
// The chain, freshness and the API are measured on the programs themselves.
const projects = 'bench,ods,dwd,dws,app';
const { status, stdout } = nx(['run-many', '-t', 'build', '-p', projects, '--outputStyle=static'], ['ignore', 'pipe', 'inherit']);
if (status !== 0) fail(`${stdout}\nThe build failed.`);
process.setSourceMapsEnabled(true);
process.argv[1] = join(workspace, 'dist/tools/bench/main.js');
await import(pathToFileURL(process.argv[1]).href);
