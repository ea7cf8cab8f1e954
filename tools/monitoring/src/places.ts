import { join } from 'node:path';

const WORKSPACE = join(__dirname, '../../..');

/** Rule files, one a group; their tests beside them in `tests`. */
export const RULES = join(WORKSPACE, 'deploy/monitoring/rules');
export const DASHBOARDS = join(WORKSPACE, 'deploy/monitoring/dashboards');
export const RUNBOOKS = join(WORKSPACE, 'docs/runbooks');
export const GUIDE = join(WORKSPACE, 'docs/operate/monitoring.md');
/** What nx built before it ran the tests. */
export const PROGRAMS = join(WORKSPACE, 'dist/apps');
