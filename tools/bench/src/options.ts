import { parseArgs } from 'node:util';
import type { BenchOptions } from './harness/bench';

const FLAGS = {
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  'update-baseline': { type: 'boolean', default: false },
  tolerance: { type: 'string', default: '0.25' },
  runs: { type: 'string', default: '5' },
  clicks: { type: 'string' },
  days: { type: 'string' },
  only: { type: 'string' },
  'no-stages': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export const HELP = `npm run bench -- [NAME …] [options]; without a name all of them. Environment: IN=FOLDER and WARM=FOLDER of the peers' generator,
PEERS=FOLDER to run the peers beside ours, DAYS=28.
  --json              a line of JSON per run, and nothing else
  --markdown          the table alone
  --runs N            runs of each candidate (5)
  --clicks N          size of the input where the bench makes its own (4000000, 20000000)
  --days N            length of that input in event time (14; 28 forgets half)
  --only TEXT         the candidate of this name, else those whose names contain it
  --no-stages         no run under the profiler before those that count
  --check             end with 1 if a figure rose above the baseline by more than the tolerance
  --tolerance SHARE   (0.25) of the smallest run, each figure taken by the yardstick of its time
  --update-baseline   keep today's figures in tools/bench/baseline.json
`;

export interface Invocation {
  readonly names: readonly string[];
  readonly json: boolean;
  readonly markdown: boolean;
  readonly check: boolean;
  readonly update: boolean;
  readonly tolerance: number;
  readonly help: boolean;
  readonly options: Omit<BenchOptions, 'say'>;
}

/** @throws on anything that is not an option */
export function invocation(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Invocation {
  const { values, positionals } = parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  const number = (name: string, text: string | undefined): number | null => {
    if (text === undefined || text === '') return null;
    const value = Number(text);
    if (!Number.isFinite(value) || value <= 0) throw new Error(`${name}: a number above 0, not ${text}`);
    return value;
  };
  return {
    names: positionals,
    json: values.json,
    markdown: values.markdown,
    check: values.check,
    update: values['update-baseline'],
    tolerance: number('--tolerance', values.tolerance) ?? 0.25,
    help: values.help,
    options: {
      runs: number('--runs', values.runs) ?? 5,
      clicks: number('--clicks', values.clicks ?? environment['CLICKS']),
      days: number('--days', values.days ?? environment['DAYS']) ?? 14,
      input: environment['IN'] || null,
      warm: environment['WARM'] || null,
      peers: environment['PEERS'] || null,
      only: values.only ?? null,
      stages: !values['no-stages'],
    },
  };
}
