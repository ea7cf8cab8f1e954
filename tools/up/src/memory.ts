import { Complaint } from '@millrace/service';
import type { RememberedReplay, ReplayMemory } from '@millrace/service/demo';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Remembers in the directory which traffic Kafka has been given, so that a second `npm run up` does not give it again. */
export const memoryIn = (directory: string): ReplayMemory => ({
  replay(topic, fingerprint, ends) {
    const file = join(directory, 'replay.json');
    const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RememberedReplay) : null;
    if (known !== null && known.fingerprint === fingerprint && known.topic === topic) return known;
    if (ends.some((end) => end > 0))
      throw new Complaint(
        `Kafka holds other traffic in ${topic} already. Give the same --seed, --days and --lines-per-day as then, or start over: npm run stack:down, and remove .stack.`,
      );
    const replay = { topic, fingerprint, starts: [...ends] };
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, JSON.stringify(replay));
    return replay;
  },
});
