import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { World } from './world';

const WITHIN_MS = 60_000;

/** A command of `npm run admin`, as an operator gives it. Throws what it said when it fails. */
export const commanded = async (world: World, args: readonly string[]): Promise<void> => {
  await promisify(execFile)(process.execPath, [world.programs('admin'), ...args], {
    env: { ...process.env, ...world.environment },
    timeout: WITHIN_MS,
  });
};
