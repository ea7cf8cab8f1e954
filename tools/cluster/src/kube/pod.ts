/** A pod as Kubernetes has it, as far as it is read here. */
export interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly image: string }[] };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly containerID?: string;
      readonly restartCount: number;
    }[];
  };
}

export interface Container {
  readonly name: string;
  /** Without the runtime's name. */
  readonly id: string;
  readonly restarts: number;
}

export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly component: string;
  readonly node: string;
  readonly image: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly leaving: boolean;
  readonly containers: readonly Container[];
}

export const podOf = ({ metadata, spec, status }: PodObject): Pod => ({
  name: metadata.name,
  uid: metadata.uid,
  component: metadata.labels?.['app.kubernetes.io/component'] ?? '',
  node: spec.nodeName ?? '',
  image: spec.containers[0]?.image ?? '',
  phase: status.phase,
  ready: status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
  leaving: metadata.deletionTimestamp !== undefined,
  containers: (status.containerStatuses ?? []).map(({ name, containerID = '', restartCount }) => ({
    name,
    id: containerID.replace(/^.*:\/\//, ''),
    restarts: restartCount,
  })),
});
