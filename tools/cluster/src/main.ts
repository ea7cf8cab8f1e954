import { interrupted } from '@millrace/boot';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Memory } from './memory';
import { readOptions } from './options';
import { report, surroundingsOf } from './report';
import { runSteps } from './run';
import { STEPS } from './steps';
import { Trial } from './trial';

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2), process.env);
  if ('text' in options) {
    (options.code === 0 ? process.stdout : process.stderr).write(options.text);
    return options.code;
  }
  const stopping = new AbortController();
  void interrupted().then(() => stopping.abort());
  const say = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
  const memory = await Memory.open(join(options.directory, 'memory.json'), Date.now());
  const trial = new Trial(options, memory, say);
  const surroundings = await surroundingsOf(trial);
  const steps = STEPS.filter(({ name, last }) => options.only?.includes(name) ?? (!last || !options.keep));
  const outcomes = await runSteps(steps, trial, stopping.signal);
  await trial.close();
  const text = report(surroundings, outcomes);
  process.stdout.write(`\n${text}`);
  if (options.report !== null) writeFileSync(options.report, text);
  if (options.keep && !outcomes.some(({ step }) => step.last)) say('All is left as it is: npm run test:cluster -- --only clean');
  return outcomes.length >= steps.length && outcomes.every(({ wrong }) => wrong === null) ? 0 : 1;
};

void main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
