import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test file's own, gone after it. */
export const testDirectory = (): {
  path: (name: string) => string;
  file: (name: string, content: string | Uint8Array) => string;
} => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const path = (name: string): string => join(root, name);
  return {
    path,
    file: (name, content) => {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
};
