import { tagOf } from '../image';
import { RELEASE } from '../trial';
import type { Step } from './step';

const BROKEN_WITHIN_MS = 90_000;
const BACK_WITHIN_MS = 600_000;

export const rollback: Step = {
  name: 'rollback',
  says: 'helm upgrade to an image whose services end at once fails, and helm rollback brings the former back, under load',
  limit_ms: 1_500_000,
  needs: { stores: true },
  run: (trial) =>
    trial.underLoad(false, async () => {
      const { kube, helm, memory, options } = trial;
      const images = async (): Promise<string> =>
        (await kube.pods(RELEASE))
          .map(({ name, image }) => `${name.split('-')[1] ?? ''} ${image}`)
          .sort()
          .join();
      const before = await images();
      const { loaded } = memory.facts;
      const { tag } = tagOf(options.image, 'broken');
      // An image that is nowhere would already fail at the jobs, and no service would be touched.
      const jobs: Readonly<Record<string, string>> = loaded ? {} : { 'migrate.enabled': 'false', 'topics.job': 'none' };
      const broken = await helm.deploy('upgrade', { 'image.tag': tag, ...jobs }, BROKEN_WITHIN_MS);
      if (broken.ok) throw new Error('helm upgrade to a broken image succeeded');
      const stuck = (await kube.pods(RELEASE)).filter(({ ready }) => !ready).map(({ name }) => name);
      const begun_ms = Date.now();
      const back = await helm.rollback(BACK_WITHIN_MS);
      if (!back.ok) throw new Error(`helm rollback: ${back.stderr}`);
      const took_s = Math.round((Date.now() - begun_ms) / 1_000);
      await trial.ready(120_000);
      if ((await images()) !== before) throw new Error(`not as before: ${await images()}`);
      const why = broken.stderr.trim().split('\n').at(-1) ?? '';
      return [
        `helm upgrade --wait to :${tag} failed after ${BROKEN_WITHIN_MS / 1_000} s: ${why.slice(0, 120)}`,
        `not ready then: ${stuck.join(', ')}; the others served on`,
        `helm rollback --wait: ${took_s} s, all pods ready with the former image`,
      ];
    }),
};
