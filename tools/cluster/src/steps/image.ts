import { buildAndLoad } from '../image';
import type { Step } from './step';

export const image: Step = {
  name: 'image',
  says: 'builds the image, a successor and a broken one, and gives their archives to MILLRACE_IMAGE_LOAD',
  limit_ms: 1_800_000,
  needs: { stores: false },
  first: true,
  async run({ options, memory }) {
    if (options.load === null) return [`not built: the cluster is said to have ${options.image}`];
    const names = await buildAndLoad(options.image, options.load);
    memory.facts.loaded = true;
    memory.keep();
    return [`built and loaded ${names.join(', ')}`];
  },
};
