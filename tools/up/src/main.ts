import { EXIT, interrupted, readConfig, WaitEndedError } from '@millrace/boot';
import { Complaint, kafkaProblems, redisProblems } from '@millrace/service';
import { Stopped } from '@millrace/service/demo';
import { join } from 'node:path';
import { UP_OPTIONS } from './options';
import { up } from './up';

const PROGRAM = {
  name: 'npm run up --',
  description:
    'The five services over the local stack (npm run stack), with the traffic of the demo, checked as npm start checks it.',
};

const main = async (): Promise<number> => {
  const invocation = { args: process.argv.slice(2), environment: process.env };
  const config = readConfig(PROGRAM, UP_OPTIONS, invocation, [kafkaProblems, redisProblems]);
  if (config.kind === 'print') {
    process.stdout.write(config.text);
    return EXIT.done;
  }
  if (config.kind === 'problems') {
    for (const problem of config.problems) process.stderr.write(`${problem}\n`);
    return EXIT.complaint;
  }
  const stopping = new AbortController();
  void interrupted().then(() => {
    process.stderr.write('\nStopping.\n');
    stopping.abort();
  });
  try {
    return await up(config.settings, {
      signal: stopping.signal,
      stdout: process.stdout,
      stderr: process.stderr,
      given: config.environment,
      programs: (service) => join(__dirname, '../../apps', service, 'main.js'),
    });
  } catch (error) {
    if (error instanceof Stopped || error instanceof WaitEndedError) return EXIT.done;
    process.stderr.write(
      `${error instanceof Error ? (error instanceof Complaint ? error.message : error.stack) : String(error)}\n`,
    );
    return error instanceof Complaint ? EXIT.complaint : EXIT.fault;
  }
};

void main().then((code) => process.exit(code));
