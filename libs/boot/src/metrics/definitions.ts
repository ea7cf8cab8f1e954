/** What a process is, as its metrics and logs name it. */
export const SERVICES = ['ods', 'dwd', 'dws', 'archive', 'app', 'standalone'] as const;
export type Service = (typeof SERVICES)[number];

/**
 * Every label that a metric of ours may have, and what bounds its values: a closed list, or the word for what the
 * configuration, the tables or the routes bound. Users, items, merchants and whatever else grows with traffic never are labels.
 */
export const LABELS = {
  layer: { bound: ['ods', 'dwd', 'dws', 'archive', 'rejected-census'] },
  topic: { bound: 'topics of the configuration' },
  partition: { bound: 'partitions of a topic' },
  source: { bound: 'source declarations' },
  group: { bound: 'consumer groups: layers and ordinals' },
  reason: { bound: 'reasons of a closed list in the code' },
  type: { bound: 'event types' },
  age: { bound: ['1h', '3h', '1d', '3d', 'older'] },
  table: { bound: 'tables' },
  from: { bound: ['volume', 'store'] },
  sink: { bound: ['kafka', 'clickhouse', 'redis', 'file', 'chdb', 'memory'] },
  dependency: { bound: ['kafka', 'clickhouse', 'redis'] },
  method: { bound: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other'] },
  route: { bound: 'routes of the API, and `none`' },
  code: { bound: 'status codes of HTTP' },
  outcome: { bound: ['equal', 'different', 'moved', 'incomplete', 'unavailable'] },
  stat: { bound: ['p50', 'p99', 'max'] },
  memory: { bound: ['process', 'heap'] },
  service: { bound: SERVICES },
  version: { bound: 'one a process' },
  commit: { bound: 'one a process' },
  node: { bound: 'one a process' },
} as const satisfies Readonly<Record<string, { readonly bound: string | readonly string[] }>>;
export type Label = keyof typeof LABELS;

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly Label[];
  readonly services: readonly Service[];
  /** For `# HELP` and the documentation: what it is, with its unit. */
  readonly help: string;
  /** Which question it answers. */
  readonly answers: string;
  /** Of a histogram. */
  readonly buckets?: readonly number[];
  /** The label under which the `kind` of an operator's counter is exported (`Counting`). */
  readonly kind?: Label;
  /** Has no value until what it tells of has happened. */
  readonly rare?: true;
}

const ALL = SERVICES;
const ENGINE: readonly Service[] = ['ods', 'dwd', 'dws', 'archive', 'standalone'];
const STATEFUL: readonly Service[] = ['dwd', 'dws', 'standalone'];
const EMITTING: readonly Service[] = ['dws', 'archive', 'standalone'];
const ODS: readonly Service[] = ['ods', 'standalone'];
const DWD: readonly Service[] = ['dwd', 'standalone'];
const DWS: readonly Service[] = ['dws', 'standalone'];
const API: readonly Service[] = ['app', 'standalone'];
const DEPENDENT: readonly Service[] = ['ods', 'dwd', 'dws', 'archive', 'app'];

/** One partition of one input of a layer. */
const PARTITION = ['layer', 'topic', 'partition'] as const;

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60];
const LONG_SECONDS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 86_400];
const ROWS = [1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000];
const BYTES = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 524_288, 1_048_576, 4_194_304];

/**
 * Every metric of ours, the one place: by the name that the code gives to the meter. Exported as `millrace_` and that name, a
 * counter with `_total` behind it. Registration, docs/operate/metrics.md and the tests follow from this.
 */
export const METRICS = {
  // The process
  ready: {
    type: 'gauge',
    labels: [],
    services: ALL,
    help: '1 while the process is ready, 0 while it is not.',
    answers: 'Is it at work? `/healthz/ready` says why not.',
  },
  build_info: {
    type: 'gauge',
    labels: ['service', 'version', 'commit', 'node'],
    services: ALL,
    help: 'Always 1; the labels say which service this is, of which version and commit, on which version of Node.js.',
    answers: 'What is running where?',
  },
  event_loop_delay_seconds: {
    type: 'gauge',
    labels: ['stat'],
    services: ALL,
    help: 'Delay of the event loop since the last scrape, in seconds.',
    answers: 'Is the process too busy to answer in time?',
  },
  memory_limit_bytes: {
    type: 'gauge',
    labels: ['memory'],
    services: ALL,
    help: 'Most memory that the process may have (limit of its container, else of the machine) and that its JavaScript heap may have, in bytes.',
    answers: 'How near is `process_resident_memory_bytes`, or `millrace_state_bytes`, to its bound?',
  },
  dependency_up: {
    type: 'gauge',
    labels: ['dependency'],
    services: DEPENDENT,
    help: '1 while the server answers and has the topics or tables that are needed, else 0.',
    answers: 'Which server is missing?',
  },

  // Records and rows
  records_in: {
    type: 'counter',
    labels: PARTITION,
    services: ENGINE,
    help: 'Records read: events of the outside world in ODS, frames of many rows elsewhere.',
    answers: 'Is anything coming? Of layer `ods`, by `topic`: is a source silent?',
  },
  rows_in: {
    type: 'counter',
    labels: PARTITION,
    services: ENGINE,
    help: 'Rows of these records.',
    answers: 'How much flows into the layer?',
  },
  rows_out: {
    type: 'counter',
    labels: PARTITION,
    services: ENGINE,
    help: 'Rows put out to other topics.',
    answers: 'How much flows out of the layer?',
  },
  rows_skipped: {
    type: 'counter',
    labels: PARTITION,
    services: ENGINE,
    help: 'Rows that had been read before and were recognised: repeated work of a restart, or of a process that no longer owns its partition.',
    answers: 'Is anybody writing twice?',
  },
  batch_rows: {
    type: 'histogram',
    labels: ['layer', 'topic'],
    services: ENGINE,
    help: 'Rows of one batch that was read and processed at once.',
    answers: 'Are batches big enough to be cheap?',
    buckets: ROWS,
  },
  frame_rows: {
    type: 'histogram',
    labels: ['layer', 'topic'],
    services: ['ods', 'dwd', 'standalone'],
    help: 'Rows of one frame written to the topic; frames that only carry a clock have 0.',
    answers: 'Are frames big enough to be cheap?',
    buckets: [0, ...ROWS],
  },
  frame_bytes: {
    type: 'histogram',
    labels: ['layer', 'topic'],
    services: ['ods', 'dwd', 'standalone'],
    help: 'Size of one frame written to the topic, before compression, in bytes.',
    answers: 'How near are frames to the largest message of the brokers?',
    buckets: BYTES,
  },
  source_info: {
    type: 'gauge',
    labels: ['source', 'topic'],
    services: ODS,
    help: 'Always 1; the labels say which source declaration reads which topic.',
    answers: 'Which source is behind a topic?',
  },

  // Where a partition stands
  partition_owned: {
    type: 'gauge',
    labels: PARTITION,
    services: ENGINE,
    help: '1 for each partition that this process works on.',
    answers: 'Has each partition an owner, and only one?',
  },
  partition_stopped: {
    type: 'gauge',
    labels: PARTITION,
    services: ENGINE,
    help: '1 while the partition stands still because its log has lost records, else 0.',
    answers: 'Does a partition wait for a decision?',
  },
  position_offset: {
    type: 'gauge',
    labels: PARTITION,
    services: ENGINE,
    help: 'The next offset that will be read.',
    answers: 'Does the partition move?',
  },
  log_end_offset: {
    type: 'gauge',
    labels: PARTITION,
    services: ENGINE,
    help: 'The offset that the next record of the log will get, as the last fetch saw it.',
    answers: 'Does the log move?',
  },
  committed_offset: {
    type: 'gauge',
    labels: PARTITION,
    services: ENGINE,
    help: 'The offset last committed for the group: what a restart may begin from.',
    answers: 'Does the commit move, stand, or go back?',
  },
  lag_records: {
    type: 'gauge',
    labels: PARTITION,
    services: ENGINE,
    help: 'Records between position and end of the log.',
    answers: 'How far behind is the layer?',
  },
  lag_seconds: {
    type: 'gauge',
    labels: PARTITION,
    services: ENGINE,
    help: 'Time since the newest record that was read was appended, in seconds; 0 while nothing more is to be read.',
    answers: 'How long behind is the layer?',
    rare: true,
  },
  watermark_timestamp_seconds: {
    type: 'gauge',
    labels: PARTITION,
    services: ENGINE,
    help: 'Event time that the partition has got to (of ODS: the largest accepted one, or the present when the log is read to its end), in seconds since 1970.',
    answers: 'Does time move, and is one partition far from the others?',
  },
  ownership_lost: {
    type: 'counter',
    labels: ['layer'],
    services: ENGINE,
    help: 'Partitions pinned to this process that a newer process took. The process ends then: scraped or not, its log says so.',
    answers: 'Are there two processes of one ordinal?',
  },

  // ODS
  ods_in: {
    type: 'counter',
    labels: ['topic'],
    services: ODS,
    help: 'Records that ODS judged: those that gave events, those that name columns, and those rejected.',
    answers: 'Of how many records are the rejected a share?',
  },
  ods_out: {
    type: 'counter',
    labels: ['topic'],
    services: ODS,
    help: 'Events that came of them.',
    answers: 'How many events does a topic give?',
  },
  ods_header: {
    type: 'counter',
    labels: ['topic'],
    services: ODS,
    help: 'Records that only name the columns.',
    answers: 'Does the equation of records hold?',
  },
  ods_rejected: {
    type: 'counter',
    labels: ['topic', 'reason'],
    kind: 'reason',
    services: ODS,
    help: 'Records rejected, by reason.',
    answers: 'What is wrong with a source?',
  },
  ods_accepted: {
    type: 'counter',
    labels: ['topic', 'type'],
    kind: 'type',
    services: ODS,
    help: 'Events accepted, by type.',
    answers: 'Does a type of event fail to come?',
  },

  // DWD
  dwd_in: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'Events that DWD processed.',
    answers: 'Of how many events are the late, the duplicates and the conflicts a share?',
  },
  dwd_out: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'Facts and rows of the late lane that came of them.',
    answers: 'How much does an event give?',
  },
  dwd_duplicates: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'The same event again; each counts once.',
    answers: 'Does a producer repeat itself?',
  },
  dwd_conflicts: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'The same identity and version with another body; the first counts.',
    answers: 'Does a producer contradict itself?',
  },
  dwd_superseded: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'A lower version after a higher one; the higher counts.',
    answers: 'Do versions arrive out of order?',
  },
  dwd_duplicate_lines: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'Further order events of an order line.',
    answers: 'Are orders sent twice under two identities?',
  },
  dwd_repeated: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'Clicks repeated by one user on one ad within 2 s: the most that were so at a time.',
    answers: 'Do users, or robots, click twice?',
  },
  dwd_late: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'Events that came behind the watermark.',
    answers: 'Is more late than B allows for?',
  },
  dwd_late_by_age: {
    type: 'counter',
    labels: ['topic', 'age'],
    kind: 'age',
    services: DWD,
    help: 'The same, by how far behind the watermark: up to 1 h, 3 h, 1 d, 3 d, or older.',
    answers: 'By how much would B have to grow?',
  },
  dwd_listed: {
    type: 'counter',
    labels: ['topic', 'reason'],
    kind: 'reason',
    services: DWD,
    help: 'Rows of the late lane, by reason: what the batch layer has to put right.',
    answers: 'How much may be wrong until the correction run, and why?',
  },
  dwd_corrections: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'Credits that replaced another credit.',
    answers: 'How often do numbers change their mind?',
  },
  dwd_refund_exceeds_payment: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'Refunds of which a part exceeds the payments of their line.',
    answers: 'Do refunds and payments contradict each other?',
  },
  dwd_repairs: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'Repairs of the batch layer that were applied.',
    answers: 'What did the correction run change?',
  },
  dwd_repairs_dropped: {
    type: 'counter',
    labels: ['topic'],
    services: DWD,
    help: 'Repairs that were made for another credit than the one that stood.',
    answers: 'Was the correction run overtaken?',
  },

  // State, snapshots, recovery
  state_entries: {
    type: 'gauge',
    labels: PARTITION,
    services: STATEFUL,
    help: 'Entries of state: clicks, identities and counts of users in DWD, accumulators in DWS.',
    answers: 'Does state grow without end?',
  },
  state_bytes: {
    type: 'gauge',
    labels: PARTITION,
    services: STATEFUL,
    help: 'Memory that this state takes as far as the operator knows it, in bytes.',
    answers: 'How near is state to `millrace_memory_limit_bytes`?',
  },
  pending_rows: {
    type: 'gauge',
    labels: PARTITION,
    services: EMITTING,
    help: 'Changed rows that wait for the next emission.',
    answers: 'Do the stores take what is made?',
  },
  snapshot_age_seconds: {
    type: 'gauge',
    labels: PARTITION,
    services: STATEFUL,
    help: 'How long the newest whole snapshot has lacked something, in seconds; 0 while it lacks nothing.',
    answers: 'How much would a restart have to read again?',
  },
  snapshot_bytes: {
    type: 'gauge',
    labels: PARTITION,
    services: STATEFUL,
    help: 'Size of the newest snapshot, in bytes.',
    answers: 'How big must volumes be?',
  },
  snapshot_position: {
    type: 'gauge',
    labels: PARTITION,
    services: STATEFUL,
    help: 'The offset up to which the newest snapshot goes.',
    answers: 'Do snapshots move?',
  },
  snapshot_seconds: {
    type: 'histogram',
    labels: ['layer', 'topic'],
    services: STATEFUL,
    help: 'Time from the capture of a snapshot until it is whole, copied and committed, in seconds; it is made beside the work.',
    answers: 'Is the volume, the second place or the log slow?',
    buckets: SECONDS,
  },
  snapshot_capture_seconds: {
    type: 'histogram',
    labels: ['layer', 'topic'],
    services: STATEFUL,
    help: 'Time during which the process does nothing but capture what cannot wait, in seconds; the rest is captured later, part by part.',
    answers: 'How long do snapshots stop the work?',
    buckets: SECONDS,
  },
  snapshot_copy_failed: {
    type: 'gauge',
    labels: PARTITION,
    services: STATEFUL,
    help: '1 while the second place does not have the newest snapshot because it does not answer, else 0.',
    answers: 'Is the second place away?',
    rare: true,
  },
  snapshots_passed_over: {
    type: 'counter',
    labels: [...PARTITION, 'from', 'reason'],
    services: STATEFUL,
    help: 'Snapshots that a start could not use, by place and reason (`damaged`, `mismatch`, `stale`).',
    answers: 'Is a disk broken?',
    rare: true,
  },
  restored_position: {
    type: 'gauge',
    labels: [...PARTITION, 'from'],
    services: STATEFUL,
    help: 'The offset up to which the snapshot went that the start used.',
    answers: 'What did the start begin from?',
    rare: true,
  },
  rebuild_remaining_records: {
    type: 'gauge',
    labels: PARTITION,
    services: STATEFUL,
    help: 'Records to be read silently until the state is what it was; 0 when that is done.',
    answers: 'How long will the start still take?',
  },
  recovery_seconds: {
    type: 'gauge',
    labels: PARTITION,
    services: ENGINE,
    help: 'Time that the last recovery of the partition took, in seconds.',
    answers: 'How long does a start take?',
  },

  // Stores and freshness
  emission_seconds: {
    type: 'histogram',
    labels: [],
    services: EMITTING,
    help: 'Time from collecting changed rows until every store has acknowledged them, in seconds.',
    answers: 'How much of the freshness do the stores take?',
    buckets: SECONDS,
  },
  emitted_rows: {
    type: 'counter',
    labels: ['table'],
    services: EMITTING,
    help: 'Rows that the column store has acknowledged.',
    answers: 'How much is written?',
  },
  freshness_seconds: {
    type: 'histogram',
    labels: [],
    services: DWS,
    help: 'When an emission is acknowledged, for each of its partitions: the present less the event time up to which everything in order can be asked for, in seconds.',
    answers: 'How old are the numbers, end to end?',
    buckets: LONG_SECONDS,
  },
  queryable_timestamp_seconds: {
    type: 'gauge',
    labels: PARTITION,
    services: DWS,
    help: 'The event time up to which everything in order can be asked for (watermark of the last acknowledged emission, plus B), in seconds since 1970.',
    answers: 'The same while nothing is emitted: `time() -` this goes on growing.',
  },
  sink_seconds: {
    type: 'histogram',
    labels: ['sink'],
    services: ALL,
    help: 'Time of one write until it was acknowledged or failed, retries included, in seconds.',
    answers: 'Which store is slow?',
    buckets: SECONDS,
  },
  sink_rows: {
    type: 'histogram',
    labels: ['sink'],
    services: ALL,
    help: 'Records, rows or values of one write.',
    answers: 'Are writes big enough to be cheap?',
    buckets: ROWS,
  },
  sink_retries: {
    type: 'counter',
    labels: ['sink'],
    services: ALL,
    help: 'Attempts that failed and were made again: of writes, and of `redis` of reading too.',
    answers: 'Does a store refuse, or not answer?',
  },
  sink_failures: {
    type: 'counter',
    labels: ['sink'],
    services: ALL,
    help: 'Writes that failed for good. Of `redis`: values that it missed, and gets with the next fill.',
    answers: 'Is a store failing?',
  },
  sink_success_timestamp_seconds: {
    type: 'gauge',
    labels: ['sink'],
    services: ALL,
    help: 'When a write was last acknowledged, in seconds since 1970.',
    answers: 'How long has a store taken nothing?',
  },
  kafka_requests_retried: {
    type: 'counter',
    labels: [],
    services: DEPENDENT,
    help: 'Requests to Kafka other than appends that failed and were made again.',
    answers: 'Do the brokers refuse, or not answer?',
  },
  kafka_commits_refused: {
    type: 'counter',
    labels: ['group'],
    services: ['ods', 'dwd', 'dws', 'archive'],
    help: 'Positions that could not be committed: the partition has gone to another process, or the coordinator is away.',
    answers: 'Does a process work on what is no longer its own?',
  },

  // API
  api_requests: {
    type: 'counter',
    labels: ['method', 'route', 'code'],
    services: API,
    help: 'Requests answered, by route and status code; live answers count when they end.',
    answers: 'Who asks what, and which share fails?',
  },
  api_request_seconds: {
    type: 'histogram',
    labels: ['method', 'route'],
    services: API,
    help: 'Time until the answer was sent, in seconds; live answers are not among them.',
    answers: 'How long do answers take?',
    buckets: SECONDS,
  },
  api_requests_in_flight: {
    type: 'gauge',
    labels: [],
    services: API,
    help: 'Requests that are being answered, live answers included.',
    answers: 'Do requests pile up?',
  },
  store_comparisons: {
    type: 'counter',
    labels: ['outcome'],
    services: API,
    help: 'Comparisons of the store of open days with the store of everything: `equal` or `different` at one position; else there was nothing to compare: the stores `moved`, one lacks a value (`incomplete`) or is away (`unavailable`).',
    answers: 'Do Redis and ClickHouse agree?',
  },
  store_rows_compared: {
    type: 'counter',
    labels: [],
    services: API,
    help: 'Day rows of merchants that were read from both at one position.',
    answers: 'How much was compared?',
  },
  store_rows_differing: {
    type: 'counter',
    labels: [],
    services: API,
    help: 'Those of them that were not equal.',
    answers: 'How much is wrong in one of them?',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;

/** As `/metrics` has it. */
export const exportedName = (name: string, { type }: Pick<MetricDefinition, 'type'>): string =>
  `millrace_${name}${type === 'counter' ? '_total' : ''}`;
