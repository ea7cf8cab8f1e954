import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manualPage } from './page';

const FILE = join(__dirname, '../../../../docs/semantics.md');

test('docs/semantics.md is what the definitions and examples say; `node tools/semantics.mjs` writes it', () => {
  if (process.env['MILLRACE_WRITE_MANUAL'] === '1') writeFileSync(FILE, manualPage());
  expect(readFileSync(FILE, 'utf8')).toBe(manualPage());
});
