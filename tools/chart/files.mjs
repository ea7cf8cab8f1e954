// Copies rules and dashboards into the chart, which cannot reach outside its own folder: node tools/chart/files.mjs
// A test holds both equal.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const workspace = join(dirname(fileURLToPath(import.meta.url)), '../..');
for (const [folder, ending] of [
  ['rules', '.yaml'],
  ['dashboards', '.json'],
]) {
  const from = join(workspace, 'deploy/monitoring', folder);
  const to = join(workspace, 'helm/millrace/files', folder);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) if (file.endsWith(ending)) cpSync(join(from, file), join(to, file));
}
