import type { EventEmitter } from 'node:events';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Resolves with the first SIGINT or SIGTERM: the one place where signals are heard. From then on a second one ends the
 * process as if nobody had listened, for whoever presses Ctrl-C twice means it.
 */
export function interrupted(source: EventEmitter = process): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const hear = (signal: NodeJS.Signals): void => {
      for (const name of SIGNALS) source.off(name, hear);
      resolve(signal);
    };
    for (const name of SIGNALS) source.on(name, hear);
  });
}
