import type { Rules } from '@millrace/ads';
import { DEFAULT_RULES, formatDuration, parseDuration, TRAFFIC_DEFAULTS, zoneOf } from '@millrace/ads';
import type { TopicPartition } from '@millrace/stream';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { Complaint, loadRules } from '@millrace/service';
import type { TrafficSettings } from '@millrace/service/demo';

/** What the command line says, checked. */
export interface Options {
  /** Files to replay, `-` for standard input; empty: the generated traffic. */
  readonly replay: readonly string[];
  /** Name of a source declaration, or the path of one. */
  readonly source: string;
  readonly data: string | null;
  readonly fresh: boolean;
  /** Gaps in the log that are knowingly passed (D7). */
  readonly proceed: readonly Proceeding[];
  readonly host: string;
  readonly port: number;
  readonly partitions: number;
  readonly traffic: TrafficSettings;
  readonly exit: boolean;
  readonly json: boolean;
  readonly emission_interval_ms: number;
  readonly snapshot_interval_ms: number;
  readonly rules: Rules;
}

/** `LAYER:TOPIC/PARTITION@OFFSET`. */
export interface Proceeding {
  readonly layer: string;
  readonly input: TopicPartition;
  readonly offset: number;
}

const DEFAULT_PORT = 8080;
const MAX_PORT = 65_535;
const MAX_PARTITIONS = 64;
const MAX_DAYS = 3_650;
const MAX_LINES_PER_DAY = 10_000_000;
const MIN_EMISSION_MS = 100;

const EXIT_CODES = `
Exit codes: 0 done, 1 totals differ from the source's own, 2 something to mend in the command or its input,
3 a fault of Millrace, 130 or 143 stopped by a signal before the replay was done.
`;

/** Reads the arguments after the program's name. Throws a Complaint when they mean nothing. */
export const readCommandLine = (args: readonly string[]): Options | { readonly help: string } => {
  const command = new Command('npm start --')
    .description('Millrace in one process: replays traffic through all layers, checks the totals, then serves the API.')
    .usage('[options]')
    .option('--replay <file...>', 'replay these logs (also .gz; - is standard input) instead of the generated traffic')
    .option('--source <name>', 'declaration of the logs: a name in deploy/sources, or the path of a JSON file', 'events')
    .option('--data <dir>', 'keep the data there between runs; without it they go when the process ends')
    .option('--fresh', 'start over: empty the data directory first')
    .addOption(
      durationOption(
        '--lateness <duration>',
        'B, the disorder that is handled exactly, e.g. 3h or 400d',
        DEFAULT_RULES.lateness_ms,
      ),
    )
    .addOption(
      durationOption(
        '--repeat-within <duration>',
        'a click is repeated when another precedes it on the same ad by at most this; 0s: off',
        DEFAULT_RULES.repeat_within_ms,
      ),
    )
    .option('--rules <file>', 'business rules as JSON, see docs/rules.md; the options here win over the file')
    .option('--zone <zone>', 'business time zone (IANA)', zone, DEFAULT_RULES.zone)
    .option('--port <number>', 'where the API listens on loopback; 0: any free port', integer(0, MAX_PORT), DEFAULT_PORT)
    .option('--host <address>', 'address the API listens on', '127.0.0.1')
    .option('--partitions <number>', 'partitions of every topic', integer(1, MAX_PARTITIONS), 2)
    .option('--seed <number>', 'seed of the generated traffic', integer(0, Number.MAX_SAFE_INTEGER), TRAFFIC_DEFAULTS.seed)
    .option('--days <number>', 'days of the generated traffic', integer(1, MAX_DAYS), TRAFFIC_DEFAULTS.days)
    .option(
      '--lines-per-day <number>',
      'lines of a day of the generated traffic, about',
      integer(1, MAX_LINES_PER_DAY),
      TRAFFIC_DEFAULTS.lines_per_day,
    )
    .addOption(durationOption('--emit-every <duration>', 'how often changed numbers are written to the stores', 10_000))
    .addOption(durationOption('--snapshot-every <duration>', 'how often the state is kept, with --data', 10_000))
    .option(
      '--proceed <gap...>',
      'pass a gap in the log, knowing that its records will be missing: LAYER:TOPIC/PARTITION@OFFSET, as the message of a stopped partition says',
      proceedings,
      [],
    )
    .option('--exit', 'end after the replay and the check')
    .option('--json', 'with --exit: one JSON document on standard output, everything else on standard error')
    .allowExcessArguments(false)
    .configureOutput({ writeOut: () => undefined, outputError: () => undefined })
    .exitOverride();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { help: command.helpInformation() + EXIT_CODES };
    throw new Complaint(sentence(error.message));
  }
  const given = command.opts<{
    replay?: string[];
    source: string;
    data?: string;
    fresh?: true;
    proceed: Proceeding[];
    lateness: number;
    repeatWithin: number;
    rules?: string;
    zone: string;
    port: number;
    host: string;
    partitions: number;
    seed: number;
    days: number;
    linesPerDay: number;
    emitEvery: number;
    snapshotEvery: number;
    exit?: true;
    json?: true;
  }>();
  if (given.fresh && given.data === undefined)
    throw new Complaint('--fresh empties a data directory: say which one with --data DIR.');
  if (given.replay === undefined && command.getOptionValueSource('source') === 'cli')
    throw new Complaint('--source says how replayed logs are to be read: say which ones with --replay FILE.');
  if (given.proceed.length > 0 && given.data === undefined)
    throw new Complaint('--proceed is about the log of a data directory: say which one with --data DIR.');
  if (given.json && !given.exit) throw new Complaint('--json describes a finished run: add --exit.');
  return {
    replay: given.replay ?? [],
    source: given.source,
    data: given.data ?? null,
    fresh: given.fresh ?? false,
    proceed: given.proceed,
    host: given.host,
    port: given.port,
    partitions: given.partitions,
    traffic: { seed: given.seed, days: given.days, lines_per_day: given.linesPerDay },
    exit: given.exit ?? false,
    json: given.json ?? false,
    emission_interval_ms: Math.max(given.emitEvery, MIN_EMISSION_MS),
    snapshot_interval_ms: given.snapshotEvery,
    rules: rulesOf(given, (option) => command.getOptionValueSource(option) === 'cli'),
  };
};

/** Defaults, then the file, then what the command line says itself. */
const rulesOf = (
  given: { readonly rules?: string; readonly zone: string; readonly lateness: number; readonly repeatWithin: number },
  isSaid: (option: string) => boolean,
): Rules => ({
  ...DEFAULT_RULES,
  ...(given.rules === undefined ? {} : loadRules(given.rules)),
  ...(isSaid('zone') ? { zone: given.zone } : {}),
  ...(isSaid('lateness') ? { lateness_ms: given.lateness } : {}),
  ...(isSaid('repeatWithin') ? { repeat_within_ms: given.repeatWithin } : {}),
});

/** Commander's `error: unknown option '--x'` as the other complaints are. */
const sentence = (message: string): string => {
  const text = message.replace(/^error: /, '').replace(/\n/g, ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!)]$/.test(text) ? '' : '.'} (--help lists the options.)`;
};

const durationOption = (flags: string, description: string, default_ms: number): Option =>
  new Option(flags, description).argParser(duration).default(default_ms, formatDuration(default_ms));

const proceedings = (text: string, before: readonly Proceeding[]): Proceeding[] => {
  const [, layer = '', topic = '', partition, offset] = /^([\w-]+):([\w.-]+)\/(\d+)@(\d+)$/.exec(text) ?? [];
  if (layer === '') throw new InvalidArgumentError('A gap is named LAYER:TOPIC/PARTITION@OFFSET, such as dwd:ods.action/0@1200.');
  return [...before, { layer, input: { topic, partition: Number(partition) }, offset: Number(offset) }];
};

const duration = (text: string): number => {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('A duration is a number with ms, s, m, h, d or w, such as 3h or 400d.');
  return ms;
};

const zone = (text: string): string => {
  try {
    zoneOf(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : 'Not an IANA time zone.');
  }
  return text;
};

const integer =
  (from: number, to: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
  };
