import type { RunDocument } from '../report/document';
import { run } from './process';

/** What a run with --exit --json says; it must be content. */
export const documentOf = async (...args: readonly string[]): Promise<RunDocument> => {
  const { code, stdout, stderr } = await run(...args);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as RunDocument;
};
/** What must be the same, however the run came about. */
export const truthOf = ({ days, total, check, layers: { ods, dwd } }: RunDocument) => ({
  days,
  total,
  check,
  ods,
  duplicates: dwd.duplicates,
});
