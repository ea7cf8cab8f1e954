import { readFileSync } from 'node:fs';
import { GUIDE } from './places';

/** The prometheus.yml of docs/operate/monitoring.md. */
export const documentedConfig = (): string => {
  const [, config] = /^```yaml\n(global:\n[^]*?)^```$/m.exec(readFileSync(GUIDE, 'utf8')) ?? [];
  if (config === undefined) throw new Error(`${GUIDE} has no configuration of Prometheus`);
  return config;
};
