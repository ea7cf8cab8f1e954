import { workspace } from '@millrace/testkit/servers';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';

test('docs/deploy/chart.md says what values.yaml says; else run node tools/chart/page.mjs', () => {
  const print = "import('./tools/chart/page.mjs').then(({ page }) => process.stdout.write(page()))";
  const page = run(process.execPath, ['--input-type=module', '-e', print], { cwd: workspace() });
  expect(readFileSync(join(workspace(), 'docs/deploy/chart.md'), 'utf8')).toBe(page);
});
