// What the image holds: the built programs, the npm packages that they import with all that these need, and nothing else.
//   node tools/image/assemble.mjs TARGET PROGRAM...
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const [target, ...programs] = process.argv.slice(2);
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const { packages: locked } = readJson('package-lock.json');

/** The lock file's entry that `name` is for a package at `from`: Node's own search, upwards. */
const found = (name, from) => {
  for (let folder = from; ; folder = dirname(folder)) {
    if (basename(folder) === 'node_modules') continue;
    const path = join(folder, 'node_modules', name);
    if (locked[path] !== undefined && existsSync(path)) return path;
    if (folder === '.') return null;
  }
};

const needed = new Set();
const need = (name, from, optional) => {
  const path = found(name, from);
  if (path === null) {
    if (!optional) throw new Error(`${from} needs ${name}, which is not installed`);
    return;
  }
  if (needed.has(path)) return;
  needed.add(path);
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = locked[path];
  for (const each of Object.keys(dependencies)) need(each, path, each in optionalDependencies);
  for (const each of Object.keys({ ...optionalDependencies, ...peerDependencies })) need(each, path, true);
};

for (const program of programs) {
  const built = join('dist/apps', program);
  for (const name of readJson(join(built, 'packages.json'))) need(name, '.', false);
  cpSync(built, join(target, built), { recursive: true });
}
for (const path of needed) {
  // What lies in a package's own node_modules is needed for itself, or not.
  cpSync(path, join(target, path), { recursive: true, filter: (from) => basename(from) !== 'node_modules' });
}
cpSync('deploy/sources', join(target, 'deploy/sources'), { recursive: true });
mkdirSync(target, { recursive: true });
for (const file of ['millrace.cjs', 'health.cjs']) cpSync(join('tools/image', file), join(target, file));
process.stdout.write(`${programs.length} programs, ${needed.size} packages\n`);
