import type { Work } from './harness/child';

/** What processes of benches do, by name. Each is loaded where it is done: none pays for another's packages. */
export const WORKS: Readonly<Record<string, () => Promise<Work>>> = {
  adjoin: async () => (await import('./adjoin/run')).adjoin,
  'adjoin-truth': async () => (await import('./adjoin/oracle')).totalsOf,
  'adjoin-check': async () => (await import('./adjoin/check')).checkRun,
  'recovery-fill': async () => (await import('./recovery/run')).fill,
  'recovery-start': async () => (await import('./recovery/run')).start,
  ods: async () => (await import('./ods/run')).ods,
  'two-split': async () => (await import('./two-processes/run')).split,
  'two-joined': async () => (await import('./two-processes/run')).joined,
  'two-summed': async () => (await import('./two-processes/run')).summed,
  state: async () => (await import('./state/run')).state,
  'sink-clickhouse': async () => (await import('./sinks/run')).intoClickHouse,
  'sink-redis': async () => (await import('./sinks/run')).intoRedis,
  'uv-counts': async () => (await import('./uv/structures')).counts,
  'uv-names': async () => (await import('./uv/structures')).named,
  uv: async () => (await import('./uv/run')).uv,
  ysb: async () => (await import('./ysb/run')).ysb,
};
