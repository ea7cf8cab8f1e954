import type { Ended } from '../kube/command';
import type { Pod } from '../kube/pod';
import { RELEASE, type Trial } from '../trial';
import type { Step } from './step';

const READY_WITHIN_MS = 300_000;

export const evict: Step = {
  name: 'evict',
  says: 'evictions of all pods, as of a drain: of a component with two, one at a time, under load; no request fails',
  limit_ms: 2_400_000,
  needs: { stores: true },
  run: (trial) =>
    trial.underLoad(false, async () => {
      const pods = await trial.kube.pods(RELEASE);
      const saw: string[] = [];
      for (const component of new Set(pods.map((pod) => pod.component))) {
        const [first, second] = pods.filter((pod) => pod.component === component);
        if (first === undefined) continue;
        await evicted(trial, first);
        if (second === undefined) {
          await trial.ready(READY_WITHIN_MS);
          saw.push(`${component}: evicted, and ready again`);
          continue;
        }
        const refused = await ask(trial, second);
        if (refused.ok || !/disruption budget/.test(refused.stderr))
          throw new Error(`${second.name} was to be refused: ${refused.stdout}${refused.stderr}`);
        await trial.ready(READY_WITHIN_MS);
        await evicted(trial, second);
        await trial.ready(READY_WITHIN_MS);
        saw.push(`${component}: one evicted, the other refused by its budget until the first was ready again, then evicted`);
        trial.say(`  ${saw.at(-1) ?? ''}`);
      }
      return saw;
    }),
};

const evicted = async (trial: Trial, pod: Pod): Promise<void> => {
  const { ok, stderr } = await ask(trial, pod);
  if (!ok) throw new Error(`${pod.name} could not be evicted: ${stderr}`);
  await trial.until(
    `${pod.name} leaves`,
    async () => {
      const now = await trial.kube.pod(pod.name);
      return now === null || now.uid !== pod.uid || now.leaving ? '' : 'it is still there';
    },
    READY_WITHIN_MS,
  );
};

const ask = ({ kube }: Trial, { name }: Pod): Promise<Ended> => {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: kube.namespace } };
  return kube.attempt(
    ['create', '--raw', `/api/v1/namespaces/${kube.namespace}/pods/${name}/eviction`, '-f', '-'],
    JSON.stringify(eviction),
  );
};
