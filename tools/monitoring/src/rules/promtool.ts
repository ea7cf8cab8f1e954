import { need } from '@millrace/testkit/servers';
import { spawnSync } from 'node:child_process';

/** What promtool says, and whether it is content. It is installed when it is absent; throws when it cannot be had. */
export const promtool = async (...args: readonly string[]): Promise<{ readonly good: boolean; readonly said: string }> => {
  await need(['promtool']);
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { good: status === 0, said: `${stdout}${stderr}` };
};
