import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** Most memory that the process may have: the limit of its container, else what the machine has; and its JavaScript heap. Bytes. */
export const memoryLimits = (): Readonly<Record<'process' | 'heap', number>> => {
  const machine = totalmem();
  // 0 or more than the machine has: there is no limit.
  const container = process.constrainedMemory();
  return { process: container > 0 && container < machine ? container : machine, heap: getHeapStatistics().heap_size_limit };
};
