import { interrupted } from '@millrace/boot';
import { Stopped } from '@millrace/service/demo';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FAULTS } from './faults';
import { reportLines } from './report';
import { run } from './run';

const HELP = `npm run faults -- [NAME ...] [--short] [--json] [--seed N] [--keep] [--list]

The five services over real servers of their own, while services, servers and the network between them suffer. After each
fault the totals of everything that was fed are held against the source's own.

  NAME     faults of the list; default: all
  --short  the few that CI runs
  --list   says which there are
  --json   the report as one JSON document on standard output
  --seed   chooses moments and traffic; default 1
  --keep   leaves the folder with logs and data
`;
const LINES = { short: 1_500, long: 4_000 };
const PACE_MS = { short: 5_000, long: 25_000 };

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
    },
  });
  const unknown = positionals.filter((name) => !FAULTS.some((fault) => fault.name === name));
  const seed = Number(values.seed);
  if (values.help || unknown.length > 0 || !Number.isSafeInteger(seed)) {
    process.stderr.write(unknown.length > 0 ? `There is no fault ${unknown.join(', ')}; --list says which there are.\n` : HELP);
    return values.help ? 0 : 2;
  }
  if (values.list) {
    process.stdout.write(FAULTS.map(({ name, says, short }) => `${name.padEnd(22)} ${says}${short ? ' (CI)' : ''}\n`).join(''));
    return 0;
  }
  const chosen = positionals.length > 0 ? positionals : null;
  const faults = FAULTS.filter(({ name, short }) => (chosen === null ? !values.short || short : chosen.includes(name)));

  const stopping = new AbortController();
  void interrupted().then(() => stopping.abort());
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const directory = mkdtempSync(join(tmpdir(), 'millrace-faults-'));
  let good = false;
  try {
    const outcomes = await run({
      faults,
      seed,
      directory,
      lines: values.short ? LINES.short : LINES.long,
      pace_ms: values.short ? PACE_MS.short : PACE_MS.long,
      programs: (service) => join(__dirname, '../../apps', service, 'main.js'),
      say,
      onOutcome: (outcome) => say(reportLines([outcome]).slice(1).join('\n')),
      signal: stopping.signal,
    });
    good = outcomes.length === faults.length && outcomes.every(({ wrong }) => wrong.length === 0);
    const lines = [...reportLines(outcomes), `seed ${seed}`];
    if (values.json) process.stdout.write(`${JSON.stringify({ seed, outcomes })}\n`);
    (values.json ? process.stderr : process.stdout).write(`\n${lines.join('\n')}\n`);
  } finally {
    if (good && !values.keep) rmSync(directory, { recursive: true, force: true });
    else say(`Logs and data: ${directory}`);
  }
  return good ? 0 : 1;
};

void main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof Stopped) process.exit(1);
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
