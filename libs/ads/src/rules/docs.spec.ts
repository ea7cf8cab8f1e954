import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATED_RULE_NAMES, RULES_SCHEMA } from './rules-schema';
import { parseRules } from './parse-rules';

const page = readFileSync(join(__dirname, '../../../../docs/rules.md'), 'utf8');

test('the file shown in docs/rules.md is valid, and shows every rule', () => {
  const shown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '') as object;
  expect(parseRules(shown).problems).toEqual([]);
  expect(Object.keys(shown).sort()).toEqual(Object.keys(RULES_SCHEMA.properties ?? {}).sort());
});

test('the page explains every rule, and says which may change with a day', () => {
  for (const name of Object.keys(RULES_SCHEMA.properties ?? {})) expect(page).toContain(`**${name}**`);
  const changes = page.slice(page.indexOf('* **changes**'));
  for (const name of DATED_RULE_NAMES) expect(changes).toContain(`\`${name}\``);
});
