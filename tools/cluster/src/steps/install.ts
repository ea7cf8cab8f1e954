import { RULES_FILE } from '@millrace/up';
import { writeFileSync } from 'node:fs';
import { tagOf } from '../image';
import { RELAY } from '../traffic/relay';
import { RELEASE, type Trial } from '../trial';
import { countedIn } from './counted';
import type { Step } from './step';

const SECRET = 'millrace-api';
const INSTALL_WITHIN_MS = 600_000;
const TEST_WITHIN_MS = 300_000;
const RELAY_WITHIN_MS = 120_000;

export const install: Step = {
  name: 'install',
  says: 'helm install --wait into a namespace that enforces the restricted Pod Security Standard',
  limit_ms: 900_000,
  needs: { stores: true },
  first: true,
  async run(trial) {
    const { kube, helm, memory } = trial;
    const { key, hash } = memory.facts;
    const keys = {
      keys: [
        { name: 'cluster-test', hash, rights: ['read', 'write', 'operate'], merchants: 'all', requests_per_minute: 1_000_000 },
      ],
    };
    await kube.apply(
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: kube.namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: SECRET }, stringData: { 'keys.json': JSON.stringify(keys), key } },
    );
    writeFileSync(trial.valuesFile, JSON.stringify(valuesOf(trial), null, 1));
    const begun_ms = Date.now();
    const { ok, stdout, stderr } = await helm.deploy('install', {}, INSTALL_WITHIN_MS);
    if (!ok) throw new Error(`helm install: ${stderr}\n${stdout}\n${await told(trial)}`);
    const took = `helm install --wait: ${Math.round((Date.now() - begun_ms) / 1_000)} s`;
    await kube.apply(relayPod(trial.options.image));
    await trial.until(
      'the pod that requests go through is ready',
      async () => ((await kube.pod(RELAY))?.ready ? '' : 'not yet'),
      RELAY_WITHIN_MS,
    );
    return [took, `ready: ${countedIn(await kube.pods(RELEASE))}`];
  },
};

export const helmTest: Step = {
  name: 'helm-test',
  says: 'helm test: a click and an order through the API, the credit read, both taken back',
  limit_ms: 400_000,
  needs: { stores: true },
  async run({ helm }) {
    const { ok, stdout, stderr } = await helm.test(TEST_WITHIN_MS);
    const lines = stdout.split('\n').filter((line) => /^(sent|credited|took back) /.test(line));
    if (!ok || lines.length !== 3) throw new Error(`helm test: ${stderr}\n${stdout}`);
    return lines.map((line) => line.replace(/\s+/g, ' '));
  },
};

const valuesOf = ({ addresses, options }: Trial): object => ({
  image: { ...tagOf(options.image, 'first'), pullPolicy: 'IfNotPresent' },
  kafka: { brokers: addresses.brokers },
  clickhouse: { url: addresses.clickhouse },
  redis: { url: addresses.redis },
  rules: RULES_FILE,
  snapshots: { interval: '5s' },
  ods: { replicas: 2 },
  dwd: { replicas: 2 },
  app: { replicas: 2, existingSecret: SECRET },
  test: { existingSecret: SECRET, timeout: '180s' },
});

/** As strict as the chart's own. */
const relayPod = (image: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: RELAY },
  spec: {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 1,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'relay',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['node', '-e', 'setInterval(() => undefined, 60_000)'],
        // Without a request it would wait behind everybody else on a busy node, and its waiting would look like the API's.
        resources: { requests: { cpu: '250m', memory: '64Mi' }, limits: { memory: '256Mi' } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
});

/** What the cluster says of pods that did not get ready. */
const told = async ({ kube }: Trial): Promise<string> => {
  const { stdout } = await kube.attempt(['get', 'pods', '-o', 'wide']);
  const events = await kube.attempt(['get', 'events', '--field-selector', 'type=Warning', '--sort-by', '.lastTimestamp']);
  return `${stdout}\n${events.stdout.slice(-3_000)}`;
};
