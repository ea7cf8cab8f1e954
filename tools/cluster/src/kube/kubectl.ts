import { attempt, type Ended, run } from './command';
import { type Pod, podOf, type PodObject } from './pod';

const LIMIT_MS = 60_000;
const GONE_WITHIN_MS = 180_000;

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
  };
}

/** What is asked of the cluster, in one namespace; the cluster is the one that KUBECONFIG names. */
export class Kubectl {
  constructor(readonly namespace: string) {}

  in(...args: readonly string[]): Promise<string> {
    return run('kubectl', ['-n', this.namespace, ...args], { limit_ms: LIMIT_MS });
  }

  attempt(args: readonly string[], input?: string): Promise<Ended> {
    return attempt('kubectl', ['-n', this.namespace, ...args], { limit_ms: LIMIT_MS, ...(input !== undefined && { input }) });
  }

  async apply(...objects: readonly object[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await run('kubectl', ['-n', this.namespace, 'apply', '-f', '-'], { limit_ms: LIMIT_MS, input: list });
  }

  /** The namespace with all that is in it. */
  async deleteNamespace(): Promise<void> {
    const args = ['delete', 'namespace', this.namespace, '--ignore-not-found', `--timeout=${GONE_WITHIN_MS / 1_000}s`];
    await run('kubectl', args, { limit_ms: GONE_WITHIN_MS + LIMIT_MS });
  }

  /** Pods of a release's services: those of its jobs, of its test and of others are left out. */
  async pods(release: string): Promise<readonly Pod[]> {
    const selector = `app.kubernetes.io/instance=${release},app.kubernetes.io/component in (ods,dwd,dws,archive,app)`;
    const { items } = JSON.parse(await this.in('get', 'pods', '-l', selector, '-o', 'json')) as { items: readonly PodObject[] };
    return items.map(podOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async pod(name: string): Promise<Pod | null> {
    const { ok, stdout, stderr } = await this.attempt(['get', 'pod', name, '-o', 'json']);
    if (ok) return podOf(JSON.parse(stdout) as PodObject);
    if (stderr.includes('NotFound')) return null;
    throw new Error(stderr);
  }

  /** Why a release's workloads are not all up, new and ready; empty when they are. */
  async unready(release: string): Promise<string> {
    const selector = `app.kubernetes.io/instance=${release}`;
    const text = await this.in('get', 'deployments,statefulsets', '-l', selector, '-o', 'json');
    const { items } = JSON.parse(text) as { items: readonly Workload[] };
    if (items.length === 0) return 'there are no workloads';
    const behind = items.filter(
      ({ metadata, spec, status }) =>
        status.observedGeneration !== metadata.generation ||
        [status.replicas, status.readyReplicas, status.updatedReplicas].some((n) => (n ?? 0) !== spec.replicas),
    );
    if (behind.length > 0)
      return behind
        .map(({ metadata: { name }, spec, status }) => `${name}: ${status.readyReplicas ?? 0} of ${spec.replicas} ready`)
        .join(', ');
    return (await this.pods(release))
      .filter(({ leaving, ready }) => leaving || !ready)
      .map(({ name, leaving }) => `${name} ${leaving ? 'is leaving' : 'is not ready'}`)
      .join(', ');
  }
}
