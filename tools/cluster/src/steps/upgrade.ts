import { tagOf } from '../image';
import { RELEASE } from '../trial';
import { countedIn } from './counted';
import type { Step } from './step';

const WITHIN_MS = 900_000;

export const upgrade: Step = {
  name: 'upgrade',
  says: 'helm upgrade to another image, under load: no request fails, no event is lost',
  limit_ms: 1_500_000,
  needs: { stores: true },
  run: (trial) =>
    trial.underLoad(false, async () => {
      const { kube, helm, memory, options } = trial;
      const before = new Set((await kube.pods(RELEASE)).map(({ uid }) => uid));
      const next =
        options.next === null ? tagOf(options.image, memory.facts.loaded ? 'next' : 'first') : tagOf(options.next, 'first');
      const begun_ms = Date.now();
      // The annotation makes all pods anew also where there is no other image.
      const set = { 'image.repository': next.repository, 'image.tag': next.tag, 'pods.annotations.upgraded': `at-${begun_ms}` };
      const { ok, stdout, stderr } = await helm.deploy('upgrade', set, WITHIN_MS);
      if (!ok) throw new Error(`helm upgrade: ${stderr}\n${stdout}`);
      const took_s = Math.round((Date.now() - begun_ms) / 1_000);
      await trial.ready(120_000);
      const pods = await kube.pods(RELEASE);
      const old = pods.filter(({ uid, image }) => before.has(uid) || !image.endsWith(`:${next.tag}`));
      if (old.length > 0) throw new Error(`not upgraded: ${old.map(({ name }) => name).join(', ')}`);
      return [`helm upgrade --wait to :${next.tag}: ${took_s} s, ${countedIn(pods)} made anew`];
    }),
};
