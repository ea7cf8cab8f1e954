import { Command, CommanderError, Option as Flag } from 'commander';
import { environmentName, fileName, flagName } from './names';
import type { Option, OptionTable } from './option';

/** What the command line asks for. */
export interface CommandLine {
  readonly flags: ReadonlyMap<string, string>;
  /** Path of a configuration file. */
  readonly file: string | null;
  readonly wants: 'run' | 'help' | 'schema' | 'validate';
  readonly problems: readonly string[];
  readonly help: string;
}

export interface Program {
  readonly name: string;
  readonly description: string;
}

/** Reads flags; values stay text and are judged with all others. */
export const readCommandLine = (program: Program, table: OptionTable, args: readonly string[]): CommandLine => {
  const command = new Command(program.name)
    .description(program.description)
    .usage('[options]')
    .allowExcessArguments(false)
    .configureOutput({ writeOut: () => undefined, outputError: () => undefined })
    .configureHelp({ helpWidth: 120 })
    .exitOverride()
    .option('--config <file>', 'read options from this JSON file; environment and flags win over it (MILLRACE_CONFIG)')
    .option('--validate', 'check the configuration, print it without its secrets, and end: 0 when it is good, 2 when not')
    .option('--schema', 'print the JSON schema of the configuration file, and end');
  const paths = new Map<string, string>();
  const unseen: string[] = [];
  for (const [path, option] of Object.entries(table)) {
    if (option.secret === true) {
      unseen.push(`  ${environmentName(path)}, ${fileName(path)}\n      ${option.description}`);
      continue;
    }
    const said = option.schema.type === 'boolean' ? '[true|false]' : '<value>';
    const added = new Flag(`${flagName(path)} ${said}`, describe(path, option));
    if (option.schema.type === 'boolean') added.preset('true');
    paths.set(added.attributeName(), path);
    command.addOption(added);
  }
  const problems: string[] = [];
  let helped = false;
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) helped = true;
    else problems.push(`command line: ${error.message.replace(/^error: /, '').replace(/\s+/g, ' ')}`);
  }
  const given = command.opts<Record<string, string | true | undefined>>();
  const flags = new Map<string, string>();
  for (const [attribute, path] of paths) {
    const value = given[attribute];
    if (typeof value === 'string') flags.set(path, value);
  }
  return {
    flags,
    file: typeof given['config'] === 'string' ? given['config'] : null,
    wants: helped ? 'help' : given['schema'] === true ? 'schema' : given['validate'] === true ? 'validate' : 'run',
    problems,
    help:
      command.helpInformation() +
      (unseen.length === 0 ? '' : `\nSecrets, by environment or file alone:\n${unseen.join('\n')}\n`) +
      FOOTER,
  };
};

const FOOTER = `
Every option is also read from the environment, under the name in brackets, or from the file named by that name and _FILE.
Exit codes: 0 stopped as asked, 2 something to mend in the configuration, 3 a fault (start it again: it goes on where it was).
`;

const describe = (path: string, option: Option<unknown>): string => {
  const { default: fallback, expected, description } = option;
  const otherwise =
    fallback !== undefined
      ? `default: ${Array.isArray(fallback) ? fallback.join(',') : String(fallback)}`
      : option.optional
        ? 'default: none'
        : 'required';
  return `${description}; ${expected}; ${otherwise} [${environmentName(path)}]`;
};
