import { RELEASE } from '../trial';
import type { Step } from './step';

const HALF = 0.5;
const HALF_WITHIN_MS = 300_000;
const READY_WITHIN_MS = 600_000;

export const volume: Step = {
  name: 'volume',
  says: 'a DWD pod loses its volume amid a day’s traffic, and comes back with its state',
  limit_ms: 1_800_000,
  needs: { stores: true },
  run: (trial) =>
    trial.underLoad(false, async (load) => {
      const { kube } = trial;
      const pod = `${RELEASE}-dwd-0`;
      const claim = `state-${pod}`;
      const bound = (): Promise<string> => kube.in('get', 'pvc', claim, '-o', 'jsonpath={.spec.volumeName}');
      await trial.until('half of the day is sent', async () => (load.share < HALF ? 'not yet' : ''), HALF_WITHIN_MS);
      const [before, former] = [await kube.pod(pod), await bound()];
      const begun_ms = Date.now();
      await kube.in('delete', 'pvc', claim, '--wait=false');
      await kube.in('delete', 'pod', pod, '--wait=false');
      await trial.until(
        `${pod} is ready over another volume`,
        async () => {
          const now = await kube.pod(pod);
          if (now === null || now.uid === before?.uid) return 'it has not been made anew';
          return now.ready && (await bound()) !== former ? '' : `${now.phase}, not ready`;
        },
        READY_WITHIN_MS,
      );
      const took_s = Math.round((Date.now() - begun_ms) / 1_000);
      await trial.ready(READY_WITHIN_MS);
      return [`${pod} lost ${former}, has ${await bound()}, ready after ${took_s} s`];
    }),
};
