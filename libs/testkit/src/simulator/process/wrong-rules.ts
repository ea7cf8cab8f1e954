import { type Random, type Rules, zoneOf } from '@millrace/ads';
import { writerOf } from '@millrace/stream';
import type { Outside } from '../outside';
import type { Disk } from '../ports/disk';
import { INPUTS, type LayerName } from '../scenario/scenario';
import { newestDurable, notDurable, ownerOf } from '../truth/durability';

const DAY_MS = 86_400_000;

/** A slip of whoever configures a process: rules that differ for days that are decided, or in what holds for all days (D3). */
export const wrongRules = (rules: Rules, start_ms: number, random: Random): Rules => {
  const zone = zoneOf(rules.zone);
  const from_day = zone.dayName(zone.dayOf(start_ms) - 30);
  return random.pick<Rules>([
    { ...rules, line_life_ms: rules.line_life_ms + DAY_MS },
    { ...rules, lateness_ms: rules.lateness_ms / 2 },
    { ...rules, window_ms: rules.window_ms / 2 },
    { ...rules, changes: [{ from_day, window_ms: rules.window_ms / 2 }, ...rules.changes] },
  ]);
};

/**
 * The partitions of an instance whose snapshots must refuse such rules; none unless all of its snapshots must: whole,
 * of a time that is known, and with nobody ahead of them (else the state is made anew from the log).
 */
export function refusing(
  { brokers }: Outside,
  disk: Disk,
  layer: LayerName,
  { ordinal, replicas }: { readonly ordinal: number; readonly replicas: number },
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const input of INPUTS[layer].flatMap((topic) => brokers.all(topic))) {
    const folder = [...disk.files.keys()]
      .map((file) => file.slice(0, file.lastIndexOf('/')))
      .find((name) => writerOf(ownerOf(name)?.input ?? NOBODY) === writerOf(input));
    if (input.partition % replicas !== ordinal || folder === undefined) continue;
    const newest = newestDurable(disk, folder);
    if (newest === null) continue;
    const committed = Math.max(0, ...brokers.groups(`${layer}.`).map((group) => brokers.committed(group, input)));
    const isWhole = notDurable(disk, newest).length === 0 && ![...disk.damaged].some((file) => file.startsWith(`${folder}/`));
    if (!isWhole || newest.watermark_ms === null || newest.position < committed) return new Set();
    found.add(writerOf(input));
  }
  return found;
}
const NOBODY = { topic: '', partition: 0 };
