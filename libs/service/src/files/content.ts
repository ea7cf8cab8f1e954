import { readFileSync } from 'node:fs';
import { Complaint, reasonOf } from './complaint';

/** What a file holds, as text. Throws a Complaint. */
export const contentOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Complaint(`${path} cannot be read: ${reasonOf(error)}.`);
  }
};
