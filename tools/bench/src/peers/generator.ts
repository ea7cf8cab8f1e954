import { join } from 'node:path';
import { type AdjoinInput, adjoinInput } from '../adjoin/input';
import type { Size } from '../adjoin/generate';
import { script } from './script';

/** An input made by the peers' own generator. */
export async function byPeers(peers: string, folder: string, { clicks, days, seed }: Size): Promise<AdjoinInput> {
  await script({
    command: [process.execPath, '--max-old-space-size=12000', 'generate.mjs'],
    directory: join(peers, 'generator'),
    environment: { N: String(clicks), DAYS: String(days), SEED: String(seed), OUT: folder },
  });
  return adjoinInput(folder);
}
