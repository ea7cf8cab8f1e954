/**
 * The parts of a hop, by where a function was written: the client (Kafka's, with the adapter around it), decode and encode of frames,
 * the layers' own work, the engine between them. What these call in libraries without a part of their own is theirs.
 */
export function partOfChain(file: string, name: string): string | null {
  const own = /libs\/(.*)$/.exec(file)?.[1] ?? '';
  if (own.startsWith('adapters/src/msgpack/')) {
    if (name === 'decode' || name === 'encode') return name;
    return null;
  }
  if (own.startsWith('adapters/src/file/')) return 'snapshots';
  if (own.startsWith('adapters/src/clickhouse/') || own.startsWith('adapters/src/redis/')) return 'sinks';
  if (own.startsWith('adapters/src/')) return 'client';
  const layer = /^layers\/(\w+)\//.exec(own)?.[1];
  if (layer !== undefined) return layer;
  if (own.startsWith('stream/src/runner/checkpoint') || own.startsWith('stream/src/snapshot/')) return 'snapshots';
  if (own.startsWith('stream/') || own.startsWith('service/') || own.startsWith('boot/')) return 'engine';
  if (/node_modules\/(kafkajs|@platformatic\/|lz4-napi)/.test(file)) return 'client';
  if (/tools\/bench\/src\/adjoin\/(pipe-log|lines)/.test(file)) return 'read';
  if (/tools\/bench\/src\/adjoin\/(ad-days|spool)/.test(file)) return 'check';
  return null;
}
