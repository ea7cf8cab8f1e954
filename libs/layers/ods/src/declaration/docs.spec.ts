import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSourceDeclaration } from './parse';

test('the declaration shown in docs/sources.md is valid', () => {
  const page = readFileSync(join(__dirname, '../../../../../docs/sources.md'), 'utf8');
  const shown = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  expect(parseSourceDeclaration(JSON.parse(shown)).problems).toEqual([]);
});
