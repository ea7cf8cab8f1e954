// Writes docs/semantics.md from the definitions and the worked examples; a test of libs/testkit holds the file against them.
import { spawnSync } from 'node:child_process';
import { prepare, workspace } from './prepare.mjs';

prepare();
const { status } = spawnSync('npx', ['jest', '--rootDir', 'libs/testkit', 'manual/page'], {
  cwd: workspace,
  stdio: 'inherit',
  env: { ...process.env, MILLRACE_WRITE_MANUAL: '1' },
});
process.exit(status ?? 1);
