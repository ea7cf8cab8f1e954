import type { StateParts } from '../operator';
import { StateReader } from '../state/reader';
import { SnapshotDamagedError } from './manifest';

/** Restored parts, from their bytes, which are let go when they are read: state that is restored must not wait for room beside all of them. */
export class LoadedParts implements StateParts {
  constructor(private readonly contents: Map<string, Uint8Array>) {}

  get names(): readonly string[] {
    return [...this.contents.keys()];
  }

  read(name: string): StateReader {
    const content = this.contents.get(name);
    if (content === undefined) throw new SnapshotDamagedError(`it has no part ${name}, or it was read already`);
    this.contents.delete(name);
    return new StateReader(content);
  }
}
