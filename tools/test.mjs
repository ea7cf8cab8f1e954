// `npm test`: lint, types, builds and tests of every project, whatever is unchanged from the cache, then one line that sums them.
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nx, prepare, workspace } from './prepare.mjs';

prepare();
const results = join(workspace, 'dist/tests');
rmSync(results, { recursive: true, force: true });
const { status } = nx(['run-many', '-t', 'lint', 'typecheck', 'build', 'test', '--outputStyle=static'], 'inherit');

let passed = 0;
let failed = 0;
const skipped = [];
for (const project of projects()) {
  const file = join(results, project, 'results.json');
  if (existsSync(file)) {
    const counts = JSON.parse(readFileSync(file, 'utf8'));
    passed += counts.passed;
    failed += counts.failed;
    skipped.push(...counts.skipped.map((name) => `${project}: ${name}`));
  } else {
    failed += 1;
    console.log(`No tests ran in ${project}: something they need failed, see above.`);
  }
}

if (status !== 0) console.log('\nNot everything succeeded: see "Failed tasks" above.');
if (skipped.length > 0) console.log(`\nSkipped:\n${skipped.map((name) => `  ${name}`).join('\n')}`);
console.log(`\nTests: ${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
process.exit(status === 0 && failed === 0 ? 0 : 1);

function projects() {
  const { workspaces } = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8'));
  return workspaces
    .map((pattern) => pattern.replace('/*', ''))
    .flatMap((folder) =>
      existsSync(join(workspace, folder)) ? readdirSync(join(workspace, folder)).map((name) => `${folder}/${name}`) : [],
    )
    .filter((project) => {
      const manifest = join(workspace, project, 'package.json');
      return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).nx?.targets?.test !== undefined;
    });
}
