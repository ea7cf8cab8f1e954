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

/** A part whose content stands ready, and is not changed afterwards. */
export const rawPart = (name: string, revision: number, content: () => Uint8Array): StatePart => ({
  name,
  revision: String(revision),
  capture: () => [content()],
});
