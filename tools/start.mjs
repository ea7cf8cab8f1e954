// `npm start`: installs what is missing, builds what has changed, and becomes the standalone warehouse.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, nx, prepare, workspace } from './prepare.mjs';

prepare();
const { status, stdout } = nx(['run', 'standalone:build', '--outputStyle=static'], ['ignore', 'pipe', 'inherit']);
if (status !== 0) fail(`${stdout}\nThe build failed.`);

// In this process, so that signals, standard streams and the exit code need no forwarding.
const main = join(workspace, 'dist/apps/standalone/main.js');
process.argv[1] = main;
process.setSourceMapsEnabled(true);

// npm passes a signal on to this process, which has a Ctrl-C from the terminal already. The second must not kill it while
// it stops in order; before main listens, the first one must.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
]) {
  let stopping = false;
  process.on(signal, () => {
    if (!stopping && process.listenerCount(signal) === 1) process.exit(128 + number);
    stopping = true;
  });
}
await import(pathToFileURL(main).href);
