/** Something the user can mend: printed as one sentence, without a stack, and the process ends with 1. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}

/** What the operating system says, in words. */
export const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'it does not exist';
    case 'EACCES':
      return 'it may not be read';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return error instanceof Error ? error.message : String(error);
  }
};
