/**
 * A row's version (design D4): the epoch, which rises when topics are recreated, then the position of the input that the
 * row contains. A safe integer up to epoch 8191, and a trillion rows per partition.
 */
export const versionOf = (epoch: number, position: number): number => epoch * POSITIONS + position;

/** SQL for the position inside a version. */
export const positionSql = (version: string): string => `${version} % ${POSITIONS}`;

const POSITIONS = 2 ** 40;
