import { kafkaJars } from '@millrace/testkit/servers';
import { join } from 'node:path';
import { run } from '../kube/command';
import { RELEASE, type Trial } from '../trial';
import type { Step } from './step';

const GONE_WITHIN_MS = 180_000;
const READY_WITHIN_MS = 600_000;
const KAFKA_LIMIT_MS = 120_000;

export const tables: Step = {
  name: 'tables',
  says: 'ClickHouse loses every row; numbers and archive are made anew from the topics, as docs/deploy/backup.md says',
  limit_ms: 1_800_000,
  needs: { stores: true },
  run: (trial) =>
    // Whoever asks for numbers that are gone may be put off.
    trial.underLoad(true, async () => {
      const { kube } = trial;
      const { olap } = await trial.stores();
      const scaled = async (replicas: { readonly dws: number; readonly archive: number }): Promise<void> => {
        await kube.in('scale', `statefulset/${RELEASE}-dws`, `--replicas=${replicas.dws}`);
        await kube.in('scale', `deployment/${RELEASE}-archive`, `--replicas=${replicas.archive}`);
      };
      const pods = await kube.pods(RELEASE);
      const count = (component: string): number => pods.filter((pod) => pod.component === component).length;
      const before = { dws: count('dws'), archive: count('archive') };
      await scaled({ dws: 0, archive: 0 });
      await trial.until(
        'DWS and the archive have stopped',
        async () =>
          (await kube.pods(RELEASE)).some(({ component }) => ['dws', 'archive'].includes(component)) ? 'they have not' : '',
        GONE_WITHIN_MS,
      );
      for (let ordinal = 0; ordinal < before.dws; ordinal++) await kube.in('delete', 'pvc', `state-${RELEASE}-dws-${ordinal}`);
      const names = await olap.query<{ name: string }>(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, '^(ods|dwd|dws)_') AND engine LIKE '%MergeTree'",
      );
      for (const { name } of names) await olap.command(`TRUNCATE TABLE ${name}`);
      const begun_ms = Date.now();
      const groups = (await consumerGroups(trial, '--list'))
        .split('\n')
        .filter((group) => /^millrace\.(dws|archive)/.test(group));
      await consumerGroups(trial, '--delete', ...groups.flatMap((group) => ['--group', group]));
      await scaled(before);
      await trial.ready(READY_WITHIN_MS);
      return [
        `${names.length} tables emptied, the volumes of DWS and the groups ${groups.join(', ')} deleted`,
        `DWS and the archive ready again ${Math.round((Date.now() - begun_ms) / 1_000)} s later`,
      ];
    }),
};

/** `kafka-consumer-groups.sh`. */
const consumerGroups = async ({ addresses }: Trial, ...args: readonly string[]): Promise<string> => {
  const program = ['-Xmx128m', '-cp', join(await kafkaJars(), '*'), 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand'];
  return run('java', [...program, '--bootstrap-server', addresses.brokers.join(), ...args], { limit_ms: KAFKA_LIMIT_MS });
};
