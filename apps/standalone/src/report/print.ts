import { number } from '@millrace/service/demo';
import type { LayerCounts } from './layers';

const reasons = (counts: Readonly<Record<string, number>>): string => {
  const parts = Object.entries(counts).map(([reason, count]) => `${reason} ${number(count)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** One line per layer. */
export const layerLines = ({ ods, dwd, dws, app }: LayerCounts): string[] => [
  `ods  in ${number(ods.in)}  out ${number(ods.out)}  rejected ${number(sum(ods.rejected))}${reasons(ods.rejected)}`,
  `dwd  in ${number(dwd.in)}  out ${number(dwd.out)}  duplicates ${number(dwd.duplicates)}  repeated clicks ${number(dwd.repeated)}  late ${number(dwd.late)}  corrections ${number(dwd.corrections)}`,
  `dws  in ${number(dws.in)}  out ${number(dws.out)}`,
  `app  in ${number(app.in)}  out ${number(app.out)}`,
];
