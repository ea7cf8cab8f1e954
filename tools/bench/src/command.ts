import { join } from 'node:path';
import { BENCHES } from './benches';
import { Baseline } from './harness/baseline';
import type { Bench } from './harness/bench';
import { load, machine } from './harness/machine';
import { rounds } from './harness/rounds';
import { nameOf, type Ran, table, verdict } from './harness/table';
import { yardstick_us } from './harness/yardstick';
import { HELP, type Invocation } from './options';

export interface Surroundings {
  /** The repository. */
  readonly workspace: string;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Runs what is asked for; resolves with the exit code: 0, 1 (a void run, a bench that failed, with --check a regression), 2 (no such bench). */
export async function command(asked: Invocation, { workspace, stdout, stderr }: Surroundings): Promise<number> {
  if (asked.help) {
    stdout.write(HELP);
    return 0;
  }
  const unknown = asked.names.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    stderr.write(`No bench ${unknown.join(', ')}; there are ${BENCHES.map(({ name }) => name).join(', ')}.\n`);
    return 2;
  }
  const { json, markdown } = asked;
  const tells = !json && !markdown;
  const line = (text: string): void => void stdout.write(`${text}\n`);
  const baseline = new Baseline(join(workspace, 'tools/bench/baseline.json'), asked.tolerance);
  const made = machine();
  if (tells)
    line(
      `${Object.entries(made)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}, load ${load()}`,
    );

  let failed = false;
  const all: Ran[] = [];
  for (const bench of BENCHES.filter(({ name }) => asked.names.length === 0 || asked.names.includes(name))) {
    if (tells) line(`\n${bench.name}\n${indented(bench.method)}`);
    const speed_us = yardstick_us();
    try {
      const ran = await run(bench);
      all.push(...ran);
      for (const one of ran) {
        if (verdict(one.runs) === 'VOID') {
          failed = true;
          stderr.write(`${nameOf(one)}: void, the answer is wrong\n`);
        }
        judge(one, speed_us);
      }
    } catch (error) {
      failed = true;
      stderr.write(`${bench.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    }
  }
  if (asked.update) baseline.save();
  if (!json && all.length > 0) line(`${tells ? '\n' : ''}${table(all)}`);
  return failed ? 1 : 0;

  function run(bench: Bench): Promise<Ran[]> {
    const say = (text: string): void => void (tells ? stdout : stderr).write(`  ${bench.name}: ${text}\n`);
    return rounds(
      bench,
      { ...asked.options, say },
      {
        onRun: (what, ran) => {
          if (json) line(JSON.stringify({ bench: bench.name, ...(what !== '' && { what }), ...ran, ...made }));
        },
        onFailure: (what) => (error) => {
          failed = true;
          stderr.write(`${nameOf({ bench: bench.name, what })}: ${error instanceof Error ? error.message : String(error)}\n`);
          return null;
        },
      },
    );
  }

  function judge(one: Ran, speed_us: number): void {
    const [first] = one.runs;
    if (first === undefined || verdict(one.runs) === 'VOID') return;
    const name = `${nameOf(one)}, ${first.events} events`;
    const compared = baseline.compare(name, one.runs, speed_us);
    if (compared !== null) {
      const { before, now, ratio, regressed } = compared;
      const said = `${name}: ${now.toFixed(2)} µs, was ${before.toFixed(2)}; by the yardstick ${(ratio * 100).toFixed(0)} % of it`;
      if (regressed) stderr.write(`${said}: REGRESSION (tolerance ${(asked.tolerance * 100).toFixed(0)} %)\n`);
      else if (tells) line(`  ${said}`);
      failed ||= regressed && asked.check;
    }
    if (asked.update) baseline.keep(name, one.runs, { yardstick_us: speed_us, node: made.node, commit: made.commit });
  }
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((part) => `  ${part}`)
    .join('\n');
