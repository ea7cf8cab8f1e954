import { readFileSync } from 'node:fs';
import type { Rules } from '@millrace/ads';
import { parseRules } from '@millrace/ads';
import { Complaint, reasonOf } from './complaint';

/** The rules of a file, to be laid over the defaults. */
export const loadRules = (path: string): Partial<Rules> => {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Complaint(`The rules ${path} cannot be read: ${reasonOf(error)}.`);
  }
  const { rules, problems } = parseRules(json);
  if (rules === null)
    throw new Complaint(`The rules ${path} are not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  return rules;
};
