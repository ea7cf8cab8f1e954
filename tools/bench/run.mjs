// Runs benches and says what came out in one table: `npm run bench -- NAME` for tools/bench/NAME.bench.mjs, without a name all of them.
// What follows the name goes to the bench; `--json` prints a line of JSON per run and nothing else. A bench that ends with an error is
// named, and the command ends with 1. What each measures, and how, stands at the top of its file.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prepare } from '../prepare.mjs';
import { spread } from './report.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const all = readdirSync(here('.'))
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.replace('.bench.mjs', ''));

const given = process.argv.slice(2);
const json = given.includes('--json');
const [name, ...rest] = given.filter((argument) => argument !== '--json');
if (name !== undefined && !all.includes(name)) {
  console.error(`No bench ${name}; there are ${all.join(', ')}.`);
  process.exit(2);
}
prepare();

const two = (number) => Number(number.toFixed(2));
const table = [];
for (const bench of name === undefined ? all : [name]) {
  if (!json) console.log(`\n${bench}`);
  const lines = run(bench);
  const runs = lines.filter((line) => line.bench !== undefined);
  // A bench of several things says which each run was of.
  for (const what of new Set(runs.map((each) => each.what))) {
    const of = runs.filter((each) => each.what === what);
    table.push(rowOf(what === undefined ? bench : `${bench}, ${what}`, of));
  }
}
if (!json && table.length > 0) {
  console.log();
  console.table(table);
}

/** The JSON lines of a bench; those that have none print what they find. */
function run(bench) {
  const file = here(`${bench}.bench.mjs`);
  const speaksJSON = readFileSync(file, 'utf8').includes('--json');
  const { stdout, status } = spawnSync(process.execPath, [file, ...rest, ...(speaksJSON ? ['--json'] : [])], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', speaksJSON ? 'pipe' : json ? 'ignore' : 'inherit', 'inherit'],
  });
  if (status !== 0) {
    console.error(`${bench}: ended with ${status}`);
    process.exitCode = 1;
  }
  const lines = (stdout ?? '').split('\n').filter((line) => line.startsWith('{'));
  for (const line of lines) console.log(json ? line : shown(JSON.parse(line)));
  return lines.map((line) => JSON.parse(line));
}

function shown({ us_per_event, stages = {}, correct }) {
  const parts = Object.entries(stages).map(([stage, us]) => `${stage.trim()} ${us.toFixed(2)}`);
  return `  ${us_per_event.toFixed(2)} µs per event${parts.length > 0 ? ` (${parts.join(', ')})` : ''}${correct === false ? ' VOID' : ''}`;
}

function rowOf(bench, runs) {
  const { min, median, max } = spread(runs.map(({ us_per_event }) => us_per_event));
  const verdicts = new Set(runs.map(({ correct }) => correct));
  const correct = verdicts.has(false) ? 'VOID' : verdicts.has(null) ? 'not checked' : 'yes';
  return {
    bench,
    runs: runs.length,
    events: runs[0].events,
    'µs/event min': two(min),
    median: two(median),
    max: two(max),
    correct,
  };
}
