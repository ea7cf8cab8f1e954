// `npm run up`: the local stack, then the five services over it. Installs what is missing, and builds what has changed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, nx, prepare, workspace } from '../prepare.mjs';

prepare();
const projects = 'up,stack,ods,dwd,dws,archive,app';
const { status, stdout } = nx(['run-many', '-t', 'build', '-p', projects, '--outputStyle=static'], ['ignore', 'pipe', 'inherit']);
if (status !== 0) fail(`${stdout}\nThe build failed.`);
process.chdir(workspace);

// The servers on standard error: standard output belongs to the answer.
const args = process.argv.slice(2);
const asks = args.some((arg) => ['--help', '-h', '--schema', '--validate'].includes(arg));
const named = (environment, flag) => process.env[environment] || args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
// Whoever names all three has servers, such as those of deploy/compose.
const has =
  named('MILLRACE_KAFKA_BROKERS', '--kafka-brokers') &&
  named('MILLRACE_REDIS_NODES', '--redis-nodes') &&
  named('MILLRACE_CLICKHOUSE_URL', '--clickhouse-url');
const stack =
  asks || has ? { status: 0 } : spawnSync(process.execPath, ['dist/tools/stack/main.js', 'up'], { stdio: ['ignore', 2, 2] });
if (stack.status !== 0) fail('The servers did not come up.');

// The stack says by its own names where it listens; whoever names other servers means those.
const { env } = process;
env.MILLRACE_KAFKA_BROKERS ||= `127.0.0.1:${env.MILLRACE_STACK_KAFKA_PORT || 29092}`;
env.MILLRACE_REDIS_NODES ||= `127.0.0.1:${env.MILLRACE_STACK_REDIS_PORT || 26379}`;
env.MILLRACE_CLICKHOUSE_URL ||= `http://127.0.0.1:${env.MILLRACE_STACK_CLICKHOUSE_PORT || 28123}`;
if (env.MILLRACE_STACK_DIR) env.MILLRACE_DIRECTORY ||= join(env.MILLRACE_STACK_DIR, 'up');
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(workspace, 'dist/tools/up/main.js')).href);
