import type { Rules } from '@millrace/ads';
import { DEFAULT_RULES, zoneOf } from '@millrace/ads';
import { Command, InvalidArgumentError } from 'commander';
import { parseDuration } from './duration';

/** What the command line says, checked. */
export interface Options {
  /** Files to replay, `-` for standard input; empty: the generated traffic. */
  readonly replay: readonly string[];
  /** Name of a source declaration, or the path of one. */
  readonly source: string;
  readonly data: string | null;
  readonly fresh: boolean;
  readonly host: string;
  readonly port: number;
  readonly partitions: number;
  readonly seed: number;
  readonly exit: boolean;
  readonly json: boolean;
  readonly emission_interval_ms: number;
  readonly rules: Rules;
}

const DEFAULT_PORT = 8080;
const MAX_PORT = 65_535;
const MAX_PARTITIONS = 64;

/** Reads the arguments after the program's name. Prints help or one sentence and ends the process where that is all there is to do. */
export const readOptions = (args: readonly string[]): Options => {
  const command = new Command('npm start --')
    .description('Millrace in one process: replays traffic through all layers, checks the totals, then serves the API.')
    .usage('[options]')
    .option('--replay <file...>', 'replay these logs (also .gz; - is standard input) instead of the generated traffic')
    .option('--source <name>', 'declaration of the logs: a name in deploy/sources, or the path of a JSON file', 'events')
    .option('--data <dir>', 'keep the data there between runs; without it they go when the process ends')
    .option('--fresh', 'start over: empty the data directory first', false)
    .option('--lateness <duration>', 'B, the disorder that is handled exactly, e.g. 3h or 400d', duration, DEFAULT_RULES.lateness_ms)
    .option('--repeat-within <duration>', 'a click is repeated when another precedes it on the same ad by at most this; 0s: off', duration, DEFAULT_RULES.repeat_within_ms)
    .option('--zone <zone>', 'business time zone (IANA)', zone, DEFAULT_RULES.zone)
    .option('--port <number>', 'where the API listens on loopback; 0: any free port', integer(0, MAX_PORT), DEFAULT_PORT)
    .option('--host <address>', 'address the API listens on', '127.0.0.1')
    .option('--partitions <number>', 'partitions of every topic', integer(1, MAX_PARTITIONS), 2)
    .option('--seed <number>', 'seed of the generated traffic', integer(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--emit-every <duration>', 'how often changed numbers are written to the stores', duration, 10_000)
    .option('--exit', 'end after the replay and the check', false)
    .option('--json', 'with --exit: one JSON document on standard output, everything else on standard error', false)
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)');
  command.parse(args, { from: 'user' });
  const given = command.opts<{
    replay?: string[];
    source: string;
    data?: string;
    fresh: boolean;
    lateness: number;
    repeatWithin: number;
    zone: string;
    port: number;
    host: string;
    partitions: number;
    seed: number;
    emitEvery: number;
    exit: boolean;
    json: boolean;
  }>();
  if (given.fresh && given.data === undefined) command.error('error: --fresh empties a data directory: say which one with --data DIR');
  if (given.json && !given.exit) command.error('error: --json describes a finished run: add --exit');
  return {
    replay: given.replay ?? [],
    source: given.source,
    data: given.data ?? null,
    fresh: given.fresh,
    host: given.host,
    port: given.port,
    partitions: given.partitions,
    seed: given.seed,
    exit: given.exit,
    json: given.json,
    emission_interval_ms: Math.max(given.emitEvery, 100),
    rules: { ...DEFAULT_RULES, zone: given.zone, lateness_ms: given.lateness, repeat_within_ms: given.repeatWithin },
  };
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
