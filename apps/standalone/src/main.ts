import { interrupted } from '@millrace/boot';
import { Complaint } from './complaint';
import { readOptions } from './options';
import { standalone } from './standalone';

const main = async (): Promise<number> => {
  const stopping = new AbortController();
  void interrupted().then(() => {
    process.stderr.write('\nStopping.\n');
    stopping.abort();
  });
  try {
    return await standalone(readOptions(process.argv.slice(2)), stopping.signal);
  } catch (error) {
    // What the user can mend in a sentence; anything else is ours, with all there is to know about it.
    process.stderr.write(error instanceof Complaint ? `${error.message}\n` : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
};

void main().then((code) => {
  process.exitCode = code;
  // Standard input may still be open, and must not keep a finished run alive.
  process.stdin.destroy();
});
