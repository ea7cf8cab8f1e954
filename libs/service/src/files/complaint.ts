/** Something the user can mend: printed as one sentence, without a stack, and the process ends with `EXIT.complaint`. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}

/** The system's name for what went wrong, such as ENOENT. */
export const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** What the operating system says, in words. */
export const reasonOf = (error: unknown): string => {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'it does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'access to it is not allowed';
    case 'EISDIR':
      return 'it is a folder';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a file has that name';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  }
};
