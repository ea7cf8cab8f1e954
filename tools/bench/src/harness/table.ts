import type { Run } from './bench';
import { spread } from './spread';

/** A candidate and its runs. */
export interface Ran {
  readonly bench: string;
  readonly what: string;
  readonly runs: readonly (Run & object)[];
}

export const nameOf = ({ bench, what }: Pick<Ran, 'bench' | 'what'>): string => (what === '' ? bench : `${bench}, ${what}`);

const HEADS = ['bench', 'runs', 'events', 'µs/event min', 'median', 'max', 'second half', 'wall s', 'RSS MB', 'correct'] as const;

/** The table at the end, in Markdown: what is read in a terminal can be put into docs/performance.md as it is. */
export function table(all: readonly Ran[]): string {
  const rows = all.map(({ runs, ...of }) => {
    const { min, median, max } = spread(runs.map(({ us_per_event }) => us_per_event));
    const least = (pick: (run: Run) => number | undefined): string => {
      const numbers = runs.flatMap((run) => pick(run) ?? []);
      return numbers.length === 0 ? '' : shown(spread(numbers).min);
    };
    return [
      nameOf(of),
      String(runs.length),
      String(runs[0]?.events ?? 0),
      ...[min, median, max].map(shown),
      least(({ second_half }) => second_half),
      least(({ wall_s }) => wall_s),
      least(({ rss_mb }) => rss_mb),
      verdict(runs),
    ];
  });
  const widths = HEADS.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 || column === HEADS.length - 1 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(HEADS), rule, ...rows.map(line)].join('\n');
}

/** Names and verdicts to the left, numbers to the right. */
const pad = (cell: string, width: number, column: number): string =>
  column === 0 || column === HEADS.length - 1 ? cell.padEnd(width) : cell.padStart(width);

export function verdict(runs: readonly Run[]): string {
  if (runs.some(({ correct }) => correct === false)) return 'VOID';
  return runs.some(({ correct }) => correct === null) ? 'not checked' : 'yes';
}

/** Three digits are more than a shared machine knows. */
export const shown = (number: number): string =>
  Number.isFinite(number) ? (Math.abs(number) >= 100 ? number.toFixed(0) : number.toFixed(2)) : '';

/** What a run was made of, in one line. */
export function inWords(run: Run & object): string {
  const { us_per_event, second_half, processes, stages, apart, correct } = run;
  const list = (name: string, of: Readonly<Record<string, number>> | undefined): string[] =>
    of === undefined
      ? []
      : [
          `${name} ${Object.entries(of)
            .map(([part, us]) => `${part} ${shown(us)}`)
            .join(', ')}`,
        ];
  const more = [
    ...(second_half === undefined ? [] : [`second half ${shown(second_half)}`]),
    ...list('processes:', processes),
    ...list('stages:', stages),
    ...list('apart:', apart),
    ...Object.entries(run).flatMap(([name, value]) => (TOLD.has(name) ? [`${name} ${toldAs(value)}`] : [])),
  ];
  return `${shown(us_per_event)} µs per event${more.length > 0 ? ` (${more.join('; ')})` : ''}${correct === false ? ' VOID' : ''}`;
}

/** What single benches say besides. */
const TOLD: ReadonlySet<string> = new Set([
  'bytes_per_click',
  'bytes_per_user_key_day',
  'snapshot_bytes_per_click',
  'longest_stop_ms',
  'ready_s',
  'rate',
  'p50_ms',
  'p99_ms',
  'max_ms',
  'generator_late_ms',
  'speedup',
  'events_per_cpu_s',
]);

const toldAs = (value: unknown): string =>
  typeof value === 'number'
    ? shown(value)
    : Object.entries(value ?? {})
        .map(([name, number]) => `${name} ${shown(Number(number))}`)
        .join(', ');
