import { integer, optional, type Settings } from '@millrace/boot';
import { hostname } from 'node:os';

const MOST = 1_024;

export const INSTANCE_OPTIONS = {
  'instance.replicas': integer({ description: 'how many instances share the partitions', from: 1, to: MOST, default: 1 }),
  'instance.ordinal': optional(
    integer({
      description: 'which of them this is, from 0; by default the number that ends the host name, as a StatefulSet gives it',
      from: 0,
      to: MOST - 1,
    }),
  ),
};
type InstanceSettings = Settings<typeof INSTANCE_OPTIONS>;

/** Partitions p with `p mod replicas == ordinal` are this instance's. */
export const instanceOf = (settings: InstanceSettings, host = hostname()): { ordinal: number; replicas: number } => ({
  ordinal: settings['instance.ordinal'] ?? (settings['instance.replicas'] === 1 ? 0 : (trailing(host) ?? 0)),
  replicas: settings['instance.replicas'],
});

export const instanceProblems = (settings: InstanceSettings, host = hostname()): string[] => {
  const replicas = settings['instance.replicas'];
  if (replicas > 1 && settings['instance.ordinal'] === null && trailing(host) === null)
    return [
      `instance.ordinal: missing; the host name "${host}" does not end with a number. Say which of the ${replicas} instances this is`,
    ];
  const { ordinal } = instanceOf(settings, host);
  return ordinal < replicas
    ? []
    : [`instance.ordinal: ${ordinal} is none of the ${replicas} instances; they are 0 to ${replicas - 1}`];
};

/** `dwd-2` → 2. */
const trailing = (host: string): number | null => {
  const match = /-(\d{1,4})$/.exec(host.split('.')[0] ?? '');
  return match === null ? null : Number(match[1]);
};
