import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceDeclaration } from '@millrace/layer-ods';
import { parseSourceDeclaration } from '@millrace/layer-ods';
import { Complaint } from './complaint';
import { invalid, readJsonFile } from './json-file';

/** `deploy/sources` of the repository, found from wherever this file was built to. */
const DIRECTORY = ((): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'deploy', 'sources');
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) throw new Complaint('deploy/sources is missing beside the program.');
  }
})();

const WHAT = 'source declaration';

/** A source by the name of its declaration, or by the path of one. */
export const loadSource = (nameOrPath: string): SourceDeclaration => {
  const isPath = nameOrPath.endsWith('.json');
  const path = isPath ? nameOrPath : join(DIRECTORY, `${nameOrPath}.json`);
  if (!isPath && !existsSync(path)) {
    const known = readdirSync(DIRECTORY).map((file) => file.replace(/\.json$/, ''));
    throw new Complaint(
      `There is no source "${nameOrPath}". Known: ${known.sort().join(', ')}; or give the path of a declaration that ends in .json.`,
    );
  }
  const { declaration, problems } = parseSourceDeclaration(readJsonFile(WHAT, path));
  if (declaration === null) throw invalid(WHAT, path, problems);
  return declaration;
};
