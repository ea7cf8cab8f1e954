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

/** One whose content is made later, of what `hold` has copied. */
export const heldPart = (name: string, revision: number | string, hold: () => (to: StateWriter) => void): StatePart => ({
  ...statePart(name, revision, (to) => hold()(to)),
  hold: () => statePart(name, revision, hold()).capture,
});

/** One of what is never changed: nothing need be copied. */
export const fixedPart = (name: string, revision: number | string, write: (to: StateWriter) => void): StatePart =>
  heldPart(name, revision, () => write);

/** A part whose content stands ready, and is not changed afterwards. */
export const rawPart = (name: string, revision: number, content: () => Uint8Array): StatePart => ({
  name,
  revision: String(revision),
  capture: () => [content()],
});
