// What `npm start` and `npm test` share: a machine that has Node and npm becomes one that has everything else.
// Needs no package, and writes to standard error only: standard output belongs to the command.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const workspace = join(dirname(fileURLToPath(import.meta.url)), '..');

const plain = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_INTERACTIVE: 'false' };
if (process.env.CI || !process.stdout.isTTY) plain.FORCE_COLOR = '0';
const readJson = (path) => JSON.parse(readFileSync(join(workspace, path), 'utf8'));

export function prepare() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Millrace needs Node 20.19 or newer; this is ${process.version}.`);
  if (installed()) return;

  process.stderr.write('Installing packages (npm ci) ...\n');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const { status, error } = spawnSync(npm[0], [...npm.slice(1), 'ci', '--loglevel=error'], {
    cwd: workspace,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) fail(`npm ci failed${error ? `: ${error.message}` : ''}. It needs a package registry; is there a network?`);
}

/** Runs nx; `stdio` as for spawnSync. */
export function nx(args, stdio) {
  const bin = join(workspace, 'node_modules/nx', readJson('node_modules/nx/package.json').bin.nx);
  return spawnSync(process.execPath, [bin, ...args], { cwd: workspace, env: plain, stdio, maxBuffer: 1 << 28 });
}

export function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Whether node_modules holds what the lock file names. (Its date would say no after every change of branch.) */
function installed() {
  const record = 'node_modules/.package-lock.json';
  if (!existsSync(join(workspace, record))) return false;
  const found = readJson(record).packages;
  const needed = Object.entries(readJson('package-lock.json').packages).filter(
    ([path, { optional, peer }]) => path.includes('node_modules/') && !optional && !peer,
  );
  return needed.every(([path, { version }]) => found[path] !== undefined && found[path].version === version);
}
