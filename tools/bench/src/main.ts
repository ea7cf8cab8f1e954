import { command } from './command';
import { invocation } from './options';
import { WORKS } from './works';

/** `--work NAME JOB`: this is the process of a bench, which answers with one line of JSON. */
const work = async (name: string, job: string): Promise<number> => {
  const load = WORKS[name];
  if (load === undefined) throw new Error(`no work ${name}`);
  const answer = await (await load())(JSON.parse(job) as never);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  return 0;
};

const main = async (args: readonly string[]): Promise<number> => {
  const [flag, name = '', job = ''] = args;
  if (flag === '--work') return work(name, job);
  return command(invocation(args, process.env), { workspace: process.cwd(), stdout: process.stdout, stderr: process.stderr });
};

/** A service that the bench of the chain runs in a process of its own, configured by its environment as the others are. */
const SERVICES: Readonly<Record<string, () => Promise<void>>> = {
  dws: async () => {
    const [{ serveProcess }, { dwsApart }] = await Promise.all([import('@millrace/boot'), import('./chain/dws-apart')]);
    serveProcess(dwsApart);
  },
};

const service = SERVICES[process.env['BENCH_SERVICE'] ?? ''];
if (service !== undefined) void service();
else
  void main(process.argv.slice(2)).then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = 1;
    },
  );
