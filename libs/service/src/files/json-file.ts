import { readFileSync } from 'node:fs';
import { Complaint, reasonOf } from './complaint';

/** What a file of the user's holds, and is: `the rules`, say. Throws a Complaint when it cannot be read, or is no JSON. */
export const readJsonFile = (what: string, path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Complaint(`The ${what} ${path} cannot be read: ${reasonOf(error)}.`);
  }
};

/** All problems at once, for whoever mends the file. */
export const invalid = (what: string, path: string, problems: readonly string[]): Complaint =>
  new Complaint(`The ${what} ${path} is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
