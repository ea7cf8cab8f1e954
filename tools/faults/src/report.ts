import type { Outcome } from './run';

const HEADS = ['fault', 'numbers still', 'as-of still', 'through after', 'restarts', 'totals', 'verdict'] as const;

/** A table for people; below it, what went wrong. */
export const reportLines = (outcomes: readonly Outcome[]): string[] => {
  const rows = [HEADS, ...outcomes.map(cells)];
  const widths = HEADS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [
    ...rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    ...outcomes.flatMap(({ fault, wrong }) => wrong.map((line) => `${fault}: ${line}`)),
  ];
};

const cells = ({ fault, still_s, as_of_still_s, through_s, restarts, equal, of, wrong }: Outcome): readonly string[] => [
  fault,
  `${still_s.toFixed(1)} s`,
  `${as_of_still_s.toFixed(1)} s`,
  through_s === null ? 'never' : `${through_s.toFixed(1)} s`,
  String(restarts),
  `${equal} of ${of} equal`,
  wrong.length === 0 ? 'ok' : 'WRONG',
];
