import { type CommandLine, type Program, readCommandLine } from './command-line';
import { misfits, sentence } from './judge';
import { environmentName, fileName } from './names';
import type { OptionTable, Settings, Written } from './option';
import { schemaOf } from './schema';
import { findAll, type Found } from './sources';

/** What an invocation comes to. */
export type Config<Table extends OptionTable> =
  /** Print this on standard output and end with 0: help, schema, or the word that the configuration is good. */
  | { readonly kind: 'print'; readonly text: string }
  /** All that is wrong, at once; the process ends with 2. */
  | { readonly kind: 'problems'; readonly problems: readonly string[] }
  | {
      readonly kind: 'run';
      readonly settings: Settings<Table>;
      readonly dump: Readonly<Record<string, unknown>>;
      /** Values of secret options, for whoever must keep them out of what is written. */
      readonly secrets: readonly string[];
      /** For a program that starts others: what its flags and its file say, secrets too, as those read it from their environment. */
      readonly environment: Readonly<Record<string, string>>;
    };

export interface Invocation {
  /** The arguments after the program's name. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Options that hold each other to something: problems, each beginning with a path. Asked only if all that it looks at are good by themselves. */
export type Agreement<Table extends OptionTable> = (settings: Settings<Table>) => readonly string[];

const REDACTED = '(secret)';

/** Reads an app's configuration from flags, environment, files and defaults. Never throws, whatever they hold. */
export const readConfig = <Table extends OptionTable>(
  program: Program,
  table: Table,
  { args, environment }: Invocation,
  agreements: readonly Agreement<Table>[] = [],
): Config<Table> => {
  const line: CommandLine = readCommandLine(program, table, args);
  if (line.wants === 'help') return { kind: 'print', text: line.help };
  if (line.wants === 'schema') return { kind: 'print', text: `${JSON.stringify(schemaOf(program.name, table), null, 2)}\n` };

  const problems: string[] = [...line.problems, ...misspelt(table, environment)];
  const found = findAll(
    table,
    { ...line, environment, file: line.file ?? (environment[environmentName('config')] || null) },
    problems,
  );
  const unfit = misfits(table, found);
  problems.push(...unfit.values());
  const settings: Record<string, unknown> = {};
  const bad = new Set(unfit.keys());
  for (const [path, option] of Object.entries(table)) {
    const written = found.get(path);
    if (written === undefined) {
      settings[path] = null;
      if (option.optional !== true) bad.add(path);
    }
    if (written === undefined || unfit.has(path)) continue;
    try {
      settings[path] = option.read(written.value as Written);
    } catch (error) {
      bad.add(path);
      for (const why of messageOf(error).split('\n')) problems.push(sentence(path, option, written, why));
    }
  }
  // Every path of the table is there: what is missing has made a problem.
  const complete = settings as Settings<Table>;
  for (const agreement of agreements) problems.push(...disagreements(agreement, complete, bad));
  if (problems.length > 0) return { kind: 'problems', problems };
  return line.wants === 'validate'
    ? { kind: 'print', text: `${linesOf(table, found)}The configuration is valid.\n` }
    : {
        kind: 'run',
        settings: complete,
        dump: dumpOf(table, found),
        secrets: secretsOf(table, found),
        environment: environmentOf(found, environment),
      };
};

/** What is wrong already is not judged again, nor what depends on it. */
const disagreements = <Table extends OptionTable>(
  agreement: Agreement<Table>,
  settings: Settings<Table>,
  bad: ReadonlySet<string>,
): readonly string[] => {
  let asksBad = false;
  const watched = new Proxy(settings, {
    get(target, path) {
      asksBad ||= bad.has(String(path));
      return Reflect.get(target, path) as unknown;
    },
  });
  try {
    const found = agreement(watched);
    return asksBad ? [] : found;
  } catch (error) {
    // It was given what its types do not allow.
    if (asksBad) return [];
    throw error;
  }
};

/** What the environment itself says is inherited, unless a flag overrules it; the file is this program's alone. */
const environmentOf = (found: ReadonlyMap<string, Found>, inherited: Invocation['environment']): Record<string, string> => {
  const said: Record<string, string> = { [environmentName('config')]: '' };
  for (const [path, { value, origin }] of found) {
    const name = environmentName(path);
    if (origin === null || origin === name || origin.startsWith(`${fileName(path)}=`)) continue;
    said[name] = String(value);
    if (inherited[fileName(path)]) said[fileName(path)] = '';
  }
  return said;
};

/** Effective values by path, without secrets. */
const dumpOf = (table: OptionTable, found: ReadonlyMap<string, Found>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([path, { secret }]) => {
      const written = found.get(path);
      return written === undefined ? [] : [[path, secret === true ? REDACTED : written.value]];
    }),
  );

const secretsOf = (table: OptionTable, found: ReadonlyMap<string, Found>): string[] =>
  Object.entries(table).flatMap(([path, { secret }]) => {
    const written = found.get(path);
    return secret === true && written !== undefined ? [String(written.value)] : [];
  });

const linesOf = (table: OptionTable, found: ReadonlyMap<string, Found>): string =>
  Object.entries(dumpOf(table, found))
    .map(
      ([path, value]) =>
        `${path} = ${value === REDACTED ? REDACTED : JSON.stringify(value)}  (${found.get(path)?.origin ?? 'default'})\n`,
    )
    .join('');

/**
 * Names of the environment that are one letter away from an option: `MILLRACE_KAFKA_BROKER`. Any other unknown name may be
 * another app's, for one ConfigMap may serve several, or one that Kubernetes adds.
 */
const misspelt = (table: OptionTable, environment: Readonly<Record<string, string | undefined>>): string[] => {
  const names = Object.keys(table).flatMap((path) => [environmentName(path), fileName(path)]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('MILLRACE_') && !names.includes(name))
    .flatMap((name) => {
      const meant = names.find((known) => isNear(name, known));
      return meant === undefined ? [] : [`${name}: no such option; ${meant} is meant?`];
    });
};

/** One letter more, less or other. */
const isNear = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) > 1) return false;
  let from = 0;
  while (from < a.length && a[from] === b[from]) from++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - from && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - from - end <= 1;
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
