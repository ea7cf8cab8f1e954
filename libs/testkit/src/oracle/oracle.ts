import { calendar } from './calendar';
import type { Cells } from './cells';
import { cellsOf } from './cells';
import type { Conversion } from './conversions';
import { conversionsOf } from './conversions';
import type { OracleEvent } from './event';
import { standingOf } from './identity';
import type { OracleOptions } from './options';
import { ORACLE_DEFAULTS } from './options';
import { validOf } from './validity';

export interface OracleAnswer {
  readonly conversions: readonly Conversion[];
  readonly cells: Cells;
  readonly counts: {
    readonly duplicates: number;
    readonly duplicate_conflicts: number;
    readonly replaced_versions: number;
    readonly repeated_clicks: number;
    readonly invalidated: number;
    readonly duplicate_lines: number;
    readonly orphans: number;
    readonly refunds_exceeding_payment: number;
  };
}

/**
 * The ideal answer: what all accepted events together say, by semantics.md read literally. Slow on purpose, and sharing
 * no code with the layers. It knows nothing of arrival but for R8's "the first in the log stands", so `log` is in log order.
 * `isWanted` leaves events out of the cells, though not out of what decides about the others.
 */
export function oracle(
  log: readonly OracleEvent[],
  options: Partial<OracleOptions> = {},
  isWanted: (event: OracleEvent) => boolean = () => true,
): OracleAnswer {
  const rules = { ...ORACLE_DEFAULTS, ...options };
  const day = calendar(rules.zone);
  const standing = standingOf(log);
  const valid = validOf(standing.events, day, rules);
  const { conversions, lines } = conversionsOf(standing.events, valid.clicks, day, rules);
  return {
    conversions,
    cells: cellsOf(
      { exposures: valid.exposures.filter(isWanted), clicks: valid.clicks.filter(isWanted) },
      conversions.filter(({ event }) => isWanted(event)),
      day,
      rules,
    ),
    counts: {
      duplicates: standing.duplicates,
      duplicate_conflicts: standing.conflicts,
      replaced_versions: standing.replaced,
      repeated_clicks: valid.repeated,
      invalidated: valid.invalidated,
      duplicate_lines: lines.reduce((sum, line) => sum + line.duplicateOrders, 0),
      orphans: conversions.filter((v) => v.orphan).length,
      refunds_exceeding_payment: conversions.filter((v) => v.excess > 0).length,
    },
  };
}
