import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './frame';
import { graph, stat } from './panels';
import { promql } from './queries';
import { HERE, instanceVariable, namespaceVariable, prometheusVariable } from './variables';

/** What is kept, what a restart would begin from, and who has which partition. */
export const state = (): DashboardBuilder =>
  dashboard({
    uid: 'millrace-state',
    title: 'Millrace / State and recovery',
    description: 'State and memory, snapshots, recovery, partitions and their owners.',
    from: 'now-6h',
    refresh: '30s',
  })
    .withVariable(prometheusVariable())
    .withVariable(namespaceVariable())
    .withVariable(instanceVariable())
    .withPanel(
      stat({
        title: 'Partitions with an owner',
        description: 'By layer. It is the number of partitions of what the layer reads, or somebody is missing.',
        queries: [promql(`sum by (layer) (millrace_partition_owned{${HERE}})`, '{{layer}}')],
        unit: 'short',
        width: 8,
      }),
    )
    .withPanel(
      stat({
        title: 'Stopped',
        description: 'Partitions that wait for a decision about records that are gone. MillracePartitionStopped.',
        queries: [promql(`sum(millrace_partition_stopped{${HERE}})`, 'partitions')],
        unit: 'short',
        width: 4,
        limits: { red: 1 },
      }),
    )
    .withPanel(
      stat({
        title: 'Recovering',
        description: 'Records still to be read silently until state is what it was; 0 when that is done.',
        queries: [promql(`sum(millrace_rebuild_remaining_records{${HERE}})`, 'records')],
        unit: 'short',
        width: 4,
        limits: { yellow: 1, red: 10_000_000 },
      }),
    )
    .withPanel(
      stat({
        title: 'Oldest snapshot',
        description:
          'For how long the oldest of the newest snapshots has lacked something. Above 15 min: MillraceSnapshotTooOld.',
        queries: [promql(`max(millrace_snapshot_age_seconds{${HERE}})`, 'age')],
        unit: 's',
        width: 4,
        limits: { yellow: 300, red: 900 },
      }),
    )
    .withPanel(
      stat({
        title: 'Ownership lost',
        description: 'Pinned partitions that a newer process took, within a day. MillraceZombieOwner.',
        queries: [promql(`sum(increase(millrace_ownership_lost_total{${HERE}}[1d]))`, 'partitions')],
        unit: 'short',
        width: 4,
        limits: { red: 1 },
      }),
    )
    .withRow(new RowBuilder('State'))
    .withPanel(
      graph({
        title: 'State by instance',
        description: 'Memory that the operators know of, by instance and layer.',
        queries: [promql(`sum by (instance, layer) (millrace_state_bytes{${HERE}})`, '{{instance}} {{layer}}')],
        unit: 'bytes',
        width: 8,
        stacked: true,
      }),
    )
    .withPanel(
      graph({
        title: 'Entries',
        description:
          'Clicks, identities and counts of users in DWD, accumulators in DWS. It grows with traffic and falls with the watermark.',
        queries: [promql(`sum by (layer, topic) (millrace_state_entries{${HERE}})`, '{{layer}} {{topic}}')],
        unit: 'short',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Memory of its bound',
        description:
          'Of the process and of its JavaScript heap, as shares of what they may have. Above 85 %: MillraceStateNearBound.',
        queries: [
          promql(
            `max by (instance) (process_resident_memory_bytes{${HERE}}) / max by (instance) (millrace_memory_limit_bytes{${HERE}, memory="process"})`,
            '{{instance}}',
          ),
          promql(
            `max by (instance) (nodejs_heap_size_used_bytes{${HERE}}) / max by (instance) (millrace_memory_limit_bytes{${HERE}, memory="heap"})`,
            '{{instance}} heap',
          ),
        ],
        unit: 'percentunit',
        width: 8,
        max: 1,
        limits: { yellow: 0.75, red: 0.85 },
      }),
    )
    .withRow(new RowBuilder('Snapshots'))
    .withPanel(
      graph({
        title: 'Age',
        description: 'How long the newest whole snapshot has lacked something: what a restart would have to read again.',
        queries: [
          promql(
            `max by (layer, topic, partition) (millrace_snapshot_age_seconds{${HERE}})`,
            '{{layer}} {{topic}}/{{partition}}',
          ),
        ],
        unit: 's',
        width: 8,
        limits: { red: 900 },
      }),
    )
    .withPanel(
      graph({
        title: 'Size',
        description: 'Of the newest snapshots, by layer and topic: what volumes must hold, with room for the next.',
        queries: [promql(`sum by (layer, topic) (millrace_snapshot_bytes{${HERE}})`, '{{layer}} {{topic}}')],
        unit: 'bytes',
        width: 8,
        stacked: true,
      }),
    )
    .withPanel(
      graph({
        title: 'Duration, p99',
        description: 'Until it is whole, copied and committed; of which the capture alone stops the work.',
        queries: [
          promql(
            `histogram_quantile(0.99, sum by (layer, le) (rate(millrace_snapshot_seconds_bucket{${HERE}}[$__rate_interval])))`,
            '{{layer}}',
          ),
          promql(
            `histogram_quantile(0.99, sum by (layer, le) (rate(millrace_snapshot_capture_seconds_bucket{${HERE}}[$__rate_interval])))`,
            '{{layer}} capture',
          ),
        ],
        unit: 's',
        width: 8,
      }),
    )
    .withPanel(
      graph({
        title: 'Copy failed',
        description:
          '1 while the second place lacks the newest snapshot. Empty until that has happened once. MillraceSnapshotCopyFailed.',
        queries: [
          promql(
            `max by (layer, topic, partition) (millrace_snapshot_copy_failed{${HERE}})`,
            '{{layer}} {{topic}}/{{partition}}',
          ),
        ],
        unit: 'short',
        width: 12,
        max: 1,
      }),
    )
    .withPanel(
      graph({
        title: 'Snapshots passed over at a start',
        description: 'By place and reason. Empty until that has happened once. MillraceSnapshotDamaged.',
        queries: [
          promql(
            `sum by (instance, from, reason) (millrace_snapshots_passed_over_total{${HERE}})`,
            '{{instance}} {{from}}: {{reason}}',
          ),
        ],
        unit: 'short',
        width: 12,
      }),
    )
    .withRow(new RowBuilder('Recovery'))
    .withPanel(
      graph({
        title: 'Records still to be read',
        description: 'Silently, until state is what it was.',
        queries: [
          promql(
            `sum by (layer, topic, partition) (millrace_rebuild_remaining_records{${HERE}})`,
            '{{layer}} {{topic}}/{{partition}}',
          ),
        ],
        unit: 'short',
        width: 12,
      }),
    )
    .withPanel(
      graph({
        title: 'Time of the last recovery',
        description: 'By layer: the longest of its partitions.',
        queries: [promql(`max by (layer) (millrace_recovery_seconds{${HERE}})`, '{{layer}}')],
        unit: 's',
        width: 12,
      }),
    )
    .withRow(new RowBuilder('Partitions'))
    .withPanel(
      graph({
        title: 'Watermark behind the present, by partition',
        description:
          'The slowest decides for all. B (3 h) is meant to be in it. MillraceWatermarkStuck, MillraceWatermarkSkewed.',
        queries: [
          promql(
            `time() - max by (layer, topic, partition) (millrace_watermark_timestamp_seconds{${HERE}})`,
            '{{layer}} {{topic}}/{{partition}}',
          ),
        ],
        unit: 's',
        width: 12,
      }),
    )
    .withPanel(
      graph({
        title: 'Position and commit behind the end',
        description:
          'By layer, records. The commit follows the snapshots in DWD and DWS. MillraceLagStopped, MillraceLagStalled, MillraceLagRewound.',
        queries: [
          promql(
            `sum by (layer) (max by (layer, topic, partition) (millrace_log_end_offset{${HERE}}) - max by (layer, topic, partition) (millrace_position_offset{${HERE}}))`,
            '{{layer}}',
          ),
          promql(
            `sum by (layer) (max by (layer, topic, partition) (millrace_log_end_offset{${HERE}}) - max by (layer, topic, partition) (millrace_committed_offset{${HERE}}))`,
            '{{layer}} commit',
          ),
        ],
        unit: 'short',
        width: 12,
      }),
    )
    .withPanel(
      graph({
        title: 'Rows recognised as read before',
        description: 'Per second: repeated work of a restart, or of a process that no longer owns its partition.',
        queries: [promql(`sum by (layer) (rate(millrace_rows_skipped_total{${HERE}}[$__rate_interval]))`, '{{layer}}')],
        unit: 'short',
        width: 12,
      }),
    )
    .withPanel(
      graph({
        title: 'Commits refused',
        description: 'Per minute, by group. Empty until that has happened once.',
        queries: [
          promql(`sum by (group) (rate(millrace_kafka_commits_refused_total{${HERE}}[$__rate_interval])) * 60`, '{{group}}'),
        ],
        unit: 'short',
        width: 12,
      }),
    );
