import type { StatePart } from '../operator';
import { StateWriter } from './writer';

/** A part whose content a function writes. */
export const statePart = (name: string, revision: number | string | null, write: (to: StateWriter) => void): StatePart => ({
  name,
  revision: revision === null ? null : String(revision),
  capture() {
    const writer = new StateWriter();
    write(writer);
    return writer.finish();
  },
});

/** One of what is never changed: it may be written at any time, and says the same. */
export const fixedPart = (name: string, revision: number | string, write: (to: StateWriter) => void): StatePart => ({
  ...statePart(name, revision, write),
  fixed: true,
});

/** A part whose content stands ready, and is not changed afterwards. */
export const rawPart = (name: string, revision: number, content: () => Uint8Array): StatePart => ({
  name,
  revision: String(revision),
  capture: () => [content()],
});
