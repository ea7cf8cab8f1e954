import { FAULT_NAMES } from '../world/faults';
import type { Found } from '../mutants/hunt';
import type { Told } from './worker';

/** How often each fault was there, over all seeds. */
export interface FaultRow {
  readonly fault: string;
  readonly times: number;
  readonly seeds: number;
}

export const faultTable = (all: readonly Told[]): FaultRow[] =>
  FAULT_NAMES.map((fault) => {
    const counts = all.map(({ faults }) => faults[fault] ?? 0).filter((count) => count > 0);
    return { fault, times: counts.reduce((sum, count) => sum + count, 0), seeds: counts.length };
  });

/** Columns of text, the first to the left, the others to the right. */
export const columns = (rows: readonly (readonly (string | number)[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i] ?? 0) : String(cell).padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

export const summary = (all: readonly Told[]): string =>
  columns([['fault', 'times', 'seeds'], ...faultTable(all).map(({ fault, times, seeds }) => [fault, times, seeds])]);

/** What one needs to see a failing seed again. */
export const failure = ({ seed, objections, trace }: Told, commit: string, only: readonly string[] | null = null): string =>
  [
    `seed ${seed} failed at commit ${commit}, trace ${trace}`,
    ...objections.map((objection) => `  ${objection}`),
    `  replay: npm run simulate -- --seed ${seed} --trace${only === null ? '' : ` --faults ${only.join(',')}`}`,
  ].join('\n');

/** As Markdown, for docs/simulator.md. */
export const mutantTable = (all: readonly Found[]): string =>
  [
    '| mutant | seeds needed | what was wrong |',
    '|---|---|---|',
    ...all.map(({ name, seeds, by }) => `| ${name} | ${seeds ?? 'not found'} | ${by.replaceAll('|', '\\|').slice(0, 110)} |`),
  ].join('\n');
