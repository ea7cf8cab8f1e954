import { join } from 'node:path';
import type { BenchOptions } from '../harness/bench';
import { byPeers } from '../peers/generator';
import { generate, type Size } from './generate';
import { type AdjoinInput, adjoinInput } from './input';

/** The folder that the options name, or one that is made: by the peers' generator if they are there, else by ours. */
export async function inputOf(
  { input, clicks, days, peers, say }: BenchOptions,
  usual: number,
  scratch: string,
): Promise<AdjoinInput> {
  if (input !== null) return adjoinInput(input);
  const size = { clicks: clicks ?? usual, days, seed: 1 };
  say(`making an input of ${size.clicks} clicks over ${days} days`);
  return made(peers, join(scratch, 'input'), size);
}

const MOST_WARMING = 600_000;

/** Read before what counts, in the same process: a seventh as many clicks of another seed, unless a folder is named. */
export async function warmUpOf(
  { warm, peers }: BenchOptions,
  { clicks, days }: AdjoinInput,
  scratch: string,
): Promise<AdjoinInput> {
  if (warm !== null) return adjoinInput(warm);
  const size = { clicks: Math.min(MOST_WARMING, Math.max(2_000, Math.round(clicks / 7))), days, seed: 2 };
  return made(peers, join(scratch, 'warm'), size);
}

async function made(peers: string | null, folder: string, size: Size): Promise<AdjoinInput> {
  if (peers !== null) return byPeers(peers, folder, size);
  generate(folder, size);
  return adjoinInput(folder);
}
