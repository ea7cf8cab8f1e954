import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** A folder as the peers' generator writes it: line n of the delivery order is line n / parts of `part-(n % parts).ndjson`. */
export interface AdjoinInput {
  readonly folder: string;
  readonly parts: number;
  readonly events: number;
  readonly clicks: number;
  readonly conversions: number;
  readonly days: number;
  readonly bytes: number;
  /** Changes whenever the files do. */
  readonly fingerprint: string;
}

interface Meta {
  readonly events: number;
  readonly clicks: number;
  readonly conversions: number;
  readonly DAYS?: number;
}

/** @throws if the folder is not of that kind */
export function adjoinInput(folder: string): AdjoinInput {
  const parts = partsOf(folder);
  const meta = join(folder, 'meta.json');
  if (parts.length === 0 || !existsSync(meta))
    throw new Error(`${folder}: no part-0.ndjson or no meta.json; IN must name a folder that the peers' generator wrote`);
  const { events, clicks, conversions, DAYS } = JSON.parse(readFileSync(meta, 'utf8')) as Meta;
  const stats = parts.map((file) => statSync(file));
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([realpathSync(folder), stats.map(({ size, mtimeMs }) => [size, mtimeMs])]))
    .digest('hex')
    .slice(0, 16);
  return {
    folder,
    parts: parts.length,
    events,
    clicks,
    conversions,
    days: DAYS ?? 14,
    bytes: stats.reduce((sum, { size }) => sum + size, 0),
    fingerprint,
  };
}

export const partFile = (folder: string, part: number): string => join(folder, `part-${part}.ndjson`);

function partsOf(folder: string): string[] {
  const found: string[] = [];
  for (let file = partFile(folder, 0); existsSync(file); file = partFile(folder, found.length)) found.push(file);
  return found;
}
