import { simulate } from '../simulation';
import type { Fault } from '../world/faults';
import { huntAll } from '../mutants/hunt';
import { MUTANTS } from '../mutants/table';
import { readArguments, UsageError } from './arguments';
import { commitOf } from './commit';
import { runSeeds } from './run-seeds';
import { failure, mutantTable, summary } from './summary';
import { told, work } from './worker';

const HELP = `npm run simulate -- [options]

  --seeds N         how many seeds (default 300)
  --from S          the first of them (default 1)
  --seed S          this one alone, in this process
  --trace           with --seed: every step as it happens
  --mutants         seeded bugs: after how many seeds each is found
  --mutant TEXT     those whose name contains it
  --faults A,B      with --seed: only these faults, whatever the seed would choose
  --help`;

async function one(seed: number, trace: boolean, only: readonly Fault[] | null): Promise<number> {
  const outcome = await simulate({
    seed,
    ...(only !== null && { only }),
    ...(trace && { onStep: (line: string) => process.stdout.write(`${line}\n`) }),
  });
  const { steps, events, acknowledged, answers, objections } = outcome;
  console.log(
    `seed ${seed}: ${events} deliveries (${acknowledged} acknowledged by the API), ${answers} answers, ${steps} steps, trace ${outcome.trace}`,
  );
  console.log(summary([told(outcome)]));
  if (objections.length > 0) console.log(failure(told(outcome), commitOf(), only));
  return objections.length > 0 ? 1 : 0;
}

async function many(from: number, seeds: number): Promise<number> {
  let done = 0;
  let failed = 0;
  const commit = commitOf();
  const began_ms = performance.now();
  const all = await runSeeds({
    program: __filename,
    from,
    seeds,
    onTold: (each) => {
      done++;
      if (each.objections.length > 0) {
        failed++;
        console.log(failure(each, commit));
      }
      if (done % 100 === 0) console.log(`${done} of ${seeds} seeds, ${failed} failed`);
    },
  });
  const seconds = ((performance.now() - began_ms) / 1000).toFixed(1);
  const sum = (of: (each: (typeof all)[number]) => number): number => all.reduce((total, each) => total + of(each), 0);
  console.log(`\n${summary(all)}\n`);
  console.log(
    `${seeds} seeds from ${from}: ${sum(({ events }) => events)} deliveries (${sum(({ acknowledged }) => acknowledged)} acknowledged by the API), ${sum(({ answers }) => answers)} answers, ${sum(({ steps }) => steps)} steps in ${seconds} s; ${failed} failed`,
  );
  return failed > 0 ? 1 : 0;
}

async function mutants(named: string): Promise<number> {
  const all = await huntAll(
    ({ name, seeds, by }) => console.log(`${name}: ${seeds === null ? 'NOT FOUND' : `seed ${seeds}, ${by}`}`),
    MUTANTS.filter(({ name }) => name.includes(named)),
  );
  console.log(`\n${mutantTable(all)}`);
  return all.some(({ seeds }) => seeds === null) ? 1 : 0;
}

async function main(): Promise<number> {
  const [first, ...rest] = process.argv.slice(2);
  if (first === '--worker') {
    const [from = 1, until = 1, stride = 1] = rest.map(Number);
    const seeds = Array.from({ length: Math.ceil((until - from) / stride) }, (_, i) => from + i * stride);
    await work(seeds, rest[3] === 'until');
    return 0;
  }
  const asked = readArguments(process.argv.slice(2));
  switch (asked.what) {
    case 'help':
      console.log(HELP);
      return 0;
    case 'mutants':
      return mutants(asked.named);
    case 'one':
      return one(asked.seed, asked.trace, asked.only);
    case 'many':
      return many(asked.from, asked.seeds);
  }
}

main().then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    console.error(error instanceof UsageError ? `${error.message}\n\n${HELP}` : error);
    process.exitCode = 2;
  },
);
