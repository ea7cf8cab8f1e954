import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endAll } from './process';

/** A folder of a test file's own, gone after it: hooks run in their order, so what still writes into it is ended here, before it is removed. */
export const testDirectory = (): {
  path: (name: string) => string;
  file: (name: string, content: string | Uint8Array) => string;
} => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  afterAll(async () => {
    await endAll();
    rmSync(root, { recursive: true, force: true });
  });
  const path = (name: string): string => join(root, name);
  return {
    path,
    file: (name, content) => {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
};
