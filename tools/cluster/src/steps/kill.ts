import { readFileSync } from 'node:fs';
import { run } from '../kube/command';
import { Kubectl } from '../kube/kubectl';
import { RELEASE, type Trial } from '../trial';
import type { Step } from './step';

const SCRIPT = 'tools/cluster/killer.cjs';
const READY_WITHIN_MS = 240_000;
const KILLER_WITHIN_MS = 120_000;
const KILL_LIMIT_MS = 60_000;

export const killerNamespace = (namespace: string): Kubectl => new Kubectl(`${namespace}-node`);

export const kill: Step = {
  name: 'kill',
  says: 'kill -9 of every container, one after the other, each ready again before the next, under load',
  limit_ms: 2_400_000,
  needs: { stores: true },
  run: (trial) =>
    trial.underLoad(true, async () => {
      const { kube } = trial;
      const killers = new Map<string, string>();
      const saw: string[] = [];
      for (const { name, node } of await kube.pods(RELEASE)) {
        const killer = killers.get(node) ?? (await startKiller(trial, node, killers.size));
        killers.set(node, killer);
        const before = await kube.pod(name);
        for (const container of before?.containers ?? []) {
          const begun_ms = Date.now();
          const exec = [
            '-n',
            killerNamespace(kube.namespace).namespace,
            'exec',
            killer,
            '--',
            'node',
            '-e',
            readFileSync(SCRIPT, 'utf8'),
            container.id,
          ];
          const killed = await run('kubectl', exec, { limit_ms: KILL_LIMIT_MS });
          if (killed !== '1') throw new Error(`${name}/${container.name}: ${killed} processes were found to kill`);
          await trial.until(
            `${name}/${container.name} is ready again`,
            async () => {
              const now = await kube.pod(name);
              const restarts = now?.containers.find((each) => each.name === container.name)?.restarts ?? 0;
              if (now?.uid !== before?.uid) return 'it is another pod';
              return restarts > container.restarts && now?.ready
                ? ''
                : `restarted ${restarts} times, ready ${String(now?.ready)}`;
            },
            READY_WITHIN_MS,
          );
          saw.push(`${name}/${container.name} ${((Date.now() - begun_ms) / 1_000).toFixed(0)} s`);
          trial.say(`  killed ${saw.at(-1) ?? ''}`);
        }
      }
      return [`killed, and ready again after: ${saw.join(', ')}`];
    }),
};

/** A pod on the node that sees its processes, in a namespace of its own: that of the chart would not admit it. */
const startKiller = async ({ kube, options, until }: Trial, node: string, number: number): Promise<string> => {
  const there = killerNamespace(kube.namespace);
  const name = `killer-${number}`;
  await there.apply({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: there.namespace, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
  });
  await there.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      hostPID: true,
      nodeName: node,
      tolerations: [{ operator: 'Exists' }],
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsUser: 0 },
      containers: [
        {
          name: 'killer',
          image: options.image,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', '-e', 'setInterval(() => undefined, 60_000)'],
        },
      ],
    },
  });
  await until(
    `the pod that kills on ${node} is ready`,
    async () => ((await there.pod(name))?.ready ? '' : 'not yet'),
    KILLER_WITHIN_MS,
  );
  return name;
};
