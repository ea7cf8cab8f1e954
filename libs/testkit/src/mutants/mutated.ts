import type { Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import type { Mutant } from './table';

/** The sources of a mutant, changed while they are read; the tree stays as it is. */
export const mutated = ({ patches }: Mutant): Plugin => ({
  name: 'mutant',
  setup({ onLoad }) {
    for (const file of new Set(patches.map((patch) => patch.file))) {
      onLoad({ filter: new RegExp(`${file.replaceAll('.', '\\.')}$`) }, ({ path }) => {
        const contents = patches
          .filter((patch) => patch.file === file)
          .reduce(
            (source, { text, instead }) => {
              if (source.split(text).length !== 2)
                throw new Error(`${file} has not exactly one "${text}": bring the mutant up to date`);
              return source.replace(text, () => instead);
            },
            readFileSync(path, 'utf8'),
          );
        return { contents, loader: 'ts' };
      });
    }
  },
});
