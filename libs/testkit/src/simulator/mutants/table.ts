import type { Mutant, Patch } from '../../mutants/table';

const RUNNER = 'libs/stream/src/runner';
const CHECKPOINT = `${RUNNER}/checkpoint.ts`;
const TASK = 'libs/stream/src/task.ts';
const CLICKHOUSE = 'libs/testkit/src/simulator/ports/clickhouse.ts';

const patch = (file: string, text: string, instead: string): Patch => ({ file, text, instead });

/** Mistakes that are easily made in an engine that is exactly once (issue 5); the simulator must find each. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'commit before snapshot',
    patches: [patch(CHECKPOINT, '  await acknowledged;', '  await slot.commit(position);\n  await acknowledged;')],
  },
  { name: 'snapshot before its output is acknowledged', patches: [patch(CHECKPOINT, '  await acknowledged;', '')] },
  { name: 'fsync of parts skipped', patches: [patch(CHECKPOINT, '      await volume.sync(file);', '')] },
  {
    name: 'manifest renamed before its parts are synced',
    patches: [patch(CHECKPOINT, '      await volume.sync(file);', '      void volume.sync(file).catch(() => undefined);')],
  },
  { name: 'fsync of the manifest skipped', patches: [patch(CHECKPOINT, '  await volume.sync(draftFile(folder));', '')] },
  { name: 'fsync of the folder skipped', patches: [patch(CHECKPOINT, '  await volume.syncFolder(folder);', '')] },
  {
    name: 'fsync error swallowed',
    patches: [patch(CHECKPOINT, '      await volume.sync(file);', '      await volume.sync(file).catch(() => undefined);')],
  },
  { name: 'marks not persisted', patches: [patch(TASK, 'marks: this.#marks.entries(),', 'marks: {},')] },
  {
    name: 'watermark not persisted',
    patches: [patch(TASK, '    this.#watermark.restore(watermark);\n    this.#out.clock_ms = watermark.value_ms;', '')],
  },
  {
    name: 'marks ignored',
    patches: [patch(TASK, 'offset < mark.offset || (offset === mark.offset && ordinal <= mark.ordinal)', 'false')],
  },
  {
    name: 'ordinal forgotten',
    patches: [patch('libs/stream/src/output.ts', 'lane.ordinals.push(this.#ordinal++);', 'lane.ordinals.push(0);')],
  },
  {
    name: 'gap ignored',
    patches: [patch(TASK, '      if (record.offset > this.#position) throw this.#gap(records);\n', '')],
  },
  {
    name: 'truncated topic passed over',
    patches: [
      patch(
        `${RUNNER}/runner.ts`,
        '    if (decided === null || (await this.#wouldSkip(slot, decided))) return false;\n',
        '    if (decided === null && broken.start <= from) return false;\n    slot.task.proceed(Math.max(from, broken.start));\n    if (decided === null) return this.#resume(slot, from) === undefined;\n',
      ),
    ],
  },
  {
    name: 'rules fingerprint ignored',
    patches: [
      patch(
        `${RUNNER}/recover.ts`,
        'const isOfOtherRules = manifest.fingerprint !== owner.fingerprint;',
        'const isOfOtherRules = false;',
      ),
    ],
  },
  { name: 'loud rebuild', patches: [patch(`${RUNNER}/rebuild.ts`, '  task.silent = true;', '')] },
  {
    name: 'rebuild up to what its own group committed',
    patches: [
      patch(
        `${RUNNER}/runner.ts`,
        'stateless ? await log.committed(member.group, input) : await committedByAny(log, layer, input, epoch)',
        'await log.committed(member.group, input)',
      ),
      patch(`${RUNNER}/runner.ts`, 'import { committedByAny, type Instance }', 'import type { Instance }'),
    ],
  },
  {
    name: 'watermark goes back',
    patches: [
      patch('libs/stream/src/watermark.ts', 'if (clock_ms <= (this.#clocks[place] ?? Infinity)) return false;', ''),
      patch('libs/stream/src/watermark.ts', 'return place === this.#slowest && this.#settle();', 'return this.#settle();'),
      patch(
        'libs/stream/src/watermark.ts',
        'if (value_ms <= this.#value_ms) return false;',
        'if (value_ms === this.#value_ms) return false;',
      ),
    ],
  },
  {
    name: 'damaged snapshot not detected',
    patches: [
      patch(
        `${RUNNER}/restore.ts`,
        'if (content.length !== bytes || checksum(content) !== expected)',
        'if (content.length > bytes + expected)',
      ),
    ],
  },
  {
    name: 'emission acknowledged before it is stored',
    patches: [
      patch(
        `${RUNNER}/emitter.ts`,
        'await sinks?.olap.insert(insert);',
        'void sinks?.olap.insert(insert).catch(() => undefined);',
      ),
    ],
  },
  {
    name: 'position committed before the output is in the log',
    patches: [patch(`${RUNNER}/runner.ts`, '        await slot.appended;\n', '        slot.appended.catch(() => undefined);\n')],
  },
  {
    name: 'Redis not refilled after a flush',
    patches: [patch(`${RUNNER}/emitter.ts`, 'emitting.refill?.();', 'void emitting;')],
  },
  {
    name: 'increment instead of overwrite',
    patches: [
      patch(
        CLICKHOUSE,
        'if (before === undefined || newer >= older) standing.set(key, row);',
        `standing.set(key, Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'number' && !orderBy.includes(name) && name !== VERSION && name !== 'watermark' ? value + Number(before?.[name] ?? 0) : value])));`,
      ),
    ],
  },
  {
    name: 'version dropped',
    patches: [
      patch('libs/ads/src/tables/metric-table.ts', "engine: 'ReplacingMergeTree(`version`)'", "engine: 'ReplacingMergeTree'"),
    ],
  },
];
