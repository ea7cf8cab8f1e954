import type { Rules } from '@millrace/ads';
import { parseRules } from '@millrace/ads';
import { invalid, readJsonFile } from './json-file';

const WHAT = 'rules file';

/** The rules of a file, to be laid over the defaults. */
export const loadRules = (path: string): Partial<Rules> => {
  const { rules, problems } = parseRules(readJsonFile(WHAT, path));
  if (rules === null) throw invalid(WHAT, path, problems);
  return rules;
};
