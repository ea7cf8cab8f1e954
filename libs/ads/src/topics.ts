/** Inside topics and their keys; how long they are kept is in topic-definitions.ts (design, Flow). Outside topics are `raw.<source>`. */
export const TOPICS = {
  /** Everything but exposures, and repairs; key: user. */
  action: 'ods.action',
  /** Exposures and their invalidations; key: user. */
  exposure: 'ods.exposure',
  /** Reason, original bytes and where from; replayable. */
  rejected: 'ods.rejected',
  /** Which rejected records were played again: the operator's command writes and reads it, in one partition. */
  replayed: 'ods.replayed',
  /** Signed facts; key: merchant. */
  fact: 'dwd.fact',
  /** Which (day, user) a too-late event touched: the batch layer's to-do list; key: user. */
  late: 'dwd.late',
  /** How far the stores are: JSON, in the partition of dwd.fact that it tells of (notice.ts). */
  notice: 'dws.notice',
  /** Events taken by HTTP, as they came. */
  http: 'raw.http',
} as const;

/** The topic of a source's raw records. */
export const rawTopic = (source: string): string => `raw.${source}`;
