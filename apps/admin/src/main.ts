import { admin } from './admin';

void admin({ args: process.argv.slice(2), environment: process.env }, process).then(
  // Explicitly: what an outside client left open must not keep a finished command alive.
  (code) => process.exit(code),
);
