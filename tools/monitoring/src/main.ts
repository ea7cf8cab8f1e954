import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards, written } from './dashboards';

/** Writes the dashboards into the folder that is named. */
const [folder = 'deploy/monitoring/dashboards'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const [name, dashboard] of Object.entries(dashboards())) {
  writeFileSync(join(folder, name), written(dashboard));
  process.stdout.write(`${join(folder, name)}\n`);
}
