// `npm run bench`: installs what is missing, builds what has changed, and runs it. What each bench measures, and how, stands at the head of its
// output; `npm run bench -- --help` says the options.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, nx, prepare, workspace } from '../prepare.mjs';

prepare();
process.chdir(workspace);
const [name] = process.argv.slice(2);
const script = join(workspace, 'tools/bench', `${name}.bench.mjs`);
if (existsSync(script))
  process.exit(spawnSync(process.execPath, [script, ...process.argv.slice(3)], { stdio: 'inherit' }).status ?? 1);

const projects = 'bench,ods,dwd';
const { status, stdout } = nx(['run-many', '-t', 'build', '-p', projects, '--outputStyle=static'], ['ignore', 'pipe', 'inherit']);
if (status !== 0) fail(`${stdout}\nThe build failed.`);
process.setSourceMapsEnabled(true);
process.argv[1] = join(workspace, 'dist/tools/bench/main.js');
await import(pathToFileURL(process.argv[1]).href);
