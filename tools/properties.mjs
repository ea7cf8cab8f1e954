// Runs the property tests (DWD, and DWD with DWS) over more histories, from another seed than `npm test` does: `npm run properties -- --seed 7 --runs 20`.
// `--runs` multiplies what each test runs anyway; the seed that failed, and the case as a vector, are in what is printed.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { prepare, workspace } from './prepare.mjs';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: String(Date.now() % 2 ** 31) }, runs: { type: 'string', default: '20' } },
});
prepare();
console.log(`Seed ${values.seed}, ${values.runs} times the usual number of histories.`);
const { status } = spawnSync('npx', ['jest', '--rootDir', 'libs', 'property'], {
  cwd: workspace,
  stdio: 'inherit',
  env: { ...process.env, MILLRACE_SEED: values.seed, MILLRACE_RUNS: values.runs },
});
process.exit(status ?? 1);
