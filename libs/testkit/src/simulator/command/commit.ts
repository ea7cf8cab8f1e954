import { spawnSync } from 'node:child_process';

/** The commit that the tree is at, as far as git can tell. */
export const commitOf = (): string => {
  const git = (...args: string[]): string | null => {
    const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  const commit = git('rev-parse', '--short', 'HEAD') ?? 'unknown';
  return git('status', '--porcelain') === '' ? commit : `${commit} with changes`;
};
