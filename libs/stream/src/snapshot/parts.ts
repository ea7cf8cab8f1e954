import type { StateParts } from '../operator';
import { StateReader } from '../state/reader';
import { SnapshotDamagedError } from './manifest';

/** Restored parts, from their bytes. */
export class LoadedParts implements StateParts {
  constructor(private readonly contents: ReadonlyMap<string, Uint8Array>) {}

  get names(): readonly string[] {
    return [...this.contents.keys()];
  }

  read(name: string): StateReader {
    const content = this.contents.get(name);
    if (content === undefined) throw new SnapshotDamagedError(`it has no part ${name}`);
    return new StateReader(content);
  }
}
