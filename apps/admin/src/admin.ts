import { EXIT, type Invocation, readConfig } from '@millrace/boot';
import type { AdminCommand } from './command';
import { check } from './commands/check';
import { makeApiKey } from './commands/keys';
import { migrateTables } from './commands/migrate';
import { proceedPastGap } from './commands/proceed';
import { replayRejectedRecords } from './commands/replay-rejected';
import { checkTopics, createTopics } from './commands/topics';

const NAME = 'npm run admin --';
const COMMANDS: readonly AdminCommand[] = [
  checkTopics,
  createTopics,
  migrateTables,
  proceedPastGap,
  replayRejectedRecords,
  makeApiKey,
  check,
];
const wordsOf = ({ name }: AdminCommand): string => name.slice(NAME.length + 1);

const HELP = `Usage: ${NAME} COMMAND [options]

The operator's commands:
${COMMANDS.map((command) => `  ${wordsOf(command).padEnd(18)}${command.description}\n`).join('')}
Every command has --help, --schema and --validate, and reads its options from the environment as well.
Exit codes: 0 done, 1 something is left to do, 2 something to mend in the command, 3 a fault.
`;

export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Runs the command that the arguments name; returns the exit code. */
export const admin = async ({ args, environment }: Invocation, { stdout, stderr }: Streams): Promise<number> => {
  if (args.length === 0 || args[0] === '--help' || args[0] === 'help') {
    stdout.write(HELP);
    return args.length === 0 ? EXIT.complaint : EXIT.done;
  }
  const found = COMMANDS.find((command) =>
    wordsOf(command)
      .split(' ')
      .every((word, at) => args[at] === word),
  );
  if (found === undefined) {
    stderr.write(`There is no command "${args.filter((arg) => !arg.startsWith('-')).join(' ')}". ${NAME} --help lists them.\n`);
    return EXIT.complaint;
  }
  const rest = args.slice(wordsOf(found).split(' ').length);
  const config = readConfig(found, found.options, { args: rest, environment }, found.agreements);
  if (config.kind === 'print') {
    stdout.write(config.text);
    return EXIT.done;
  }
  if (config.kind === 'problems') {
    for (const problem of config.problems) stderr.write(`${problem}\n`);
    return EXIT.complaint;
  }
  try {
    return await found.run(config.settings, { say: (line) => void stdout.write(`${line}\n`) });
  } catch (error) {
    stderr.write(`${found.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.fault;
  }
};
