import { interrupted } from '@millrace/boot';
import { Complaint } from '@millrace/service';
import { EXIT } from './exit-codes';
import { readCommandLine } from './options';
import { standalone } from './standalone';
import { Stopped } from '@millrace/service/demo';

const main = async (): Promise<number> => {
  const stopping = new AbortController();
  let interruption: number = EXIT.done;
  void interrupted().then((signal) => {
    interruption = signal === 'SIGINT' ? EXIT.interrupted.SIGINT : EXIT.interrupted.SIGTERM;
    process.stderr.write('\nStopping.\n');
    stopping.abort();
  });
  try {
    const asked = readCommandLine(process.argv.slice(2));
    if ('help' in asked) {
      process.stdout.write(asked.help);
      return EXIT.done;
    }
    return await standalone(asked, stopping.signal);
  } catch (error) {
    if (error instanceof Stopped) return interruption;
    if (error instanceof Complaint) {
      process.stderr.write(`${error.message}\n`);
      return EXIT.complaint;
    }
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.fault;
  }
};

void main().then((code) => {
  process.exitCode = code;
  // Standard input may still be open, and must not keep a finished run alive.
  process.stdin.destroy();
});
