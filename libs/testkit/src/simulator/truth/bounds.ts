import type { Outside } from '../outside';
import type { Disk } from '../ports/disk';
import type { Fleet } from '../process/fleet';
import { INPUTS } from '../scenario/scenario';
import { newestDurable } from './durability';

/** Files in a folder beside those of its newest snapshot: the one before it, and what processes left that ended half-way. */
const MAX_SPARE_FILES = 200;

/** "State and queues bounded": a partition has one batch under way; disks hold a snapshot or two, whatever has happened. */
export function boundObjections({ brokers }: Outside, fleet: Fleet): string[] {
  const outputs = [...INPUTS.dwd, ...INPUTS.dws, ...INPUTS.archive].reduce((sum, topic) => sum + brokers.partitions(topic), 0);
  const queues = [...fleet.running].flatMap(([life, { layer, log, olap }]) => {
    const inputs = INPUTS[layer].reduce((sum, topic) => sum + brokers.partitions(topic), 0);
    return [
      ...(log.sending.size > inputs * outputs ? [`${life.name} has ${log.sending.size} batches under way`] : []),
      ...(olap.inserting.size > 1 ? [`${life.name} has ${olap.inserting.size} inserts under way`] : []),
    ];
  });
  return [...queues, ...fleet.processes.flatMap(({ name, disk }) => spareFiles(disk).map((spare) => `${name}: ${spare}`))];
}

const spareFiles = (disk: Disk): string[] => {
  const folders = new Map<string, number>();
  for (const file of disk.files.keys()) {
    const folder = file.slice(0, file.lastIndexOf('/'));
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return [...folders].flatMap(([folder, files]) => {
    const named = newestDurable(disk, folder)?.parts.length ?? 0;
    return files > 3 * named + MAX_SPARE_FILES ? [`${folder} has ${files} files, and its newest snapshot names ${named}`] : [];
  });
};
