// AdJoin in one process: files of JSON → ODS → frames → DWD → frames → DWS → rows that an emission would write. What does an event cost?
//
// Method: every run is a process of its own (state and compiled code begin anew, as for the peers), and reads the whole input once; runs
// follow one another, so that other load hits all alike. The figure is the process's CPU time, user and system and all threads, from the
// first read to the last emission, less what the check takes; by stage it is read between batches of some hundreds of records. Two raw
// partitions, one of ods.action, one of dwd.fact; rows are collected every 200 000 events and acknowledged at once: no store is in it, nor
// snapshots. `second_half` is the same for the second half of the events, where code is warm and state is large.
//
// Check: clicks, their cost, and conversions, summed over signs, equal those of the input's meta.json; where the input comes with an oracle,
// direct, indirect and organic lie between its ideal and its bounded answer. A run that fails is void, and the bench ends with 1.
//
//   node tools/bench/adjoin.bench.mjs [--json] [--runs 5]      IN=DIR  LIMIT=events (no check then)
//   node --cpu-prof tools/bench/adjoin.bench.mjs --once         one run in this process, to be profiled
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { adjoinInput, recordsOf } from './adjoin-input.mjs';
import { compiled } from './compiled.mjs';
import { figures, report } from './report.mjs';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, runs: { type: 'string', default: '5' }, once: { type: 'boolean' } },
  strict: false,
});
const LIMIT = Number(process.env.LIMIT ?? Infinity);
const EMISSION_EVENTS = 200_000;

if (values.once) console.log(JSON.stringify(await run(adjoinInput())));
else {
  const input = adjoinInput();
  const runs = [];
  try {
    for (let i = 0; i < Number(values.runs); i++) runs.push(inOwnProcess(input));
  } finally {
    if (input.isOwn) rmSync(input.folder, { recursive: true });
  }
  report('adjoin', runs, values.json);
}

function inOwnProcess({ folder }) {
  const argv = ['--max-semi-space-size=64', fileURLToPath(import.meta.url), '--once'];
  const { stdout, stderr, status } = spawnSync(process.execPath, argv, { env: { ...process.env, IN: folder }, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function run(input) {
  const millrace = await compiled(`
    export { createDwd } from '@millrace/layer-dwd'; export { createDws } from '@millrace/layer-dws';
    export { createOds, parseSourceDeclaration } from '@millrace/layer-ods'; export { DEFAULT_RULES, partitionOf } from '@millrace/ads';
    export { PartitionTask, RawTask, writerOf } from '@millrace/stream'; export { MsgpackFrameCodec } from '@millrace/adapters/msgpack';`);
  const {
    createDwd,
    createDws,
    createOds,
    DEFAULT_RULES: rules,
    MsgpackFrameCodec,
    partitionOf,
    PartitionTask,
    RawTask,
  } = millrace;
  const declared = JSON.parse(readFileSync(new URL('adjoin-source.json', import.meta.url), 'utf8'));
  const { declaration, problems } = millrace.parseSourceDeclaration(declared);
  if (declaration === null) throw new Error(problems.join('\n'));
  const [ods, dwd, dws] = [createOds({ sources: [declaration], rules }), createDwd({ rules }), createDws({ rules })];
  const codec = new MsgpackFrameCodec();
  const topic = ods.inputs[0];
  const raw = Array.from({ length: input.parts }, (_, partition) => ({ topic, partition }));
  const wiring = { codec, partitions: (of) => (of === topic ? input.parts : 1), partitioner: partitionOf };
  const raws = raw.map((from) => new RawTask({ layer: ods, input: from, writers: raw.map(millrace.writerOf), ...wiring }));
  const taskOf = (layer, from, writer) =>
    new PartitionTask({ layer, input: { topic: from, partition: 0 }, writers: [writer], ...wiring });
  const actions = taskOf(dwd, ods.outputs.action, 'ods.action/0');
  const facts = taskOf(dws, dwd.outputs.fact, 'dwd.fact/0');
  const tally = newTally();

  const stages = {};
  let last = process.cpuUsage();
  const lap = (stage) => {
    const now = process.cpuUsage();
    stages[stage] = (stages[stage] ?? 0) + now.user + now.system - last.user - last.system;
    last = process.cpuUsage();
  };
  const framesTo = (task, to) => task.take(true).filter(({ to: { topic: at } }) => at === to);
  const append = (task, value) => task.run([{ offset: task.position, timestamp_ms: 0, key: null, value }]);
  const emit = () => {
    const emission = facts.operator.collect(facts.position);
    if (emission !== null) facts.operator.acknowledge(emission);
    lap('dws emit');
  };

  const marks = [];
  const spent = () => Object.entries(stages).reduce((sum, [stage, us]) => sum + (stage === 'check' ? 0 : us), 0);
  const began = performance.now();
  const files = raws.map((_, part) => recordsOf(input, part));
  let events = 0;
  let sinceEmission = 0;
  last = process.cpuUsage();
  for (let open = files.length; open > 0 && events < LIMIT;) {
    open = 0;
    for (const [part, file] of files.entries()) {
      const { value: records, done } = file.next();
      if (done) continue;
      open++;
      lap('read');
      raws[part].run(records);
      const rows = framesTo(raws[part], ods.outputs.action);
      lap('ods');
      const bytes = rows.map(({ frame }) => codec.encode(frame));
      lap('ods encode');
      for (const value of bytes) append(actions, value);
      const decided = framesTo(actions, dwd.outputs.fact);
      lap('dwd, decode');
      const written = decided.map(({ frame }) => codec.encode(frame));
      lap('dwd encode');
      for (const { frame } of decided) tally.add(frame.rows);
      lap('check');
      for (const value of written) append(facts, value);
      lap('dws, decode');
      events += records.length;
      sinceEmission += records.length;
      if (sinceEmission >= EMISSION_EVENTS) {
        sinceEmission = 0;
        emit();
      }
      marks.push([events, spent()]);
    }
  }
  emit();
  const us = spent();
  const [halfEvents, halfUs] = marks.find(([at]) => at >= events / 2);
  return {
    us_per_event: us / events,
    second_half: (us - halfUs) / (events - halfEvents),
    events,
    correct: LIMIT === Infinity ? tally.agrees(input) : null,
    stages: Object.fromEntries(Object.entries(stages).map(([stage, spentIn]) => [stage, spentIn / events])),
    rss_mb: Math.round(process.memoryUsage.rss() / 1e6),
    wall_s: (performance.now() - began) / 1000,
    found: tally.found,
    ...figures(),
  };
}

/** What the facts say, all signs added. */
function newTally() {
  const found = { clicks: 0, cost: 0, direct: 0, indirect: 0, organic: 0 };
  return {
    found,
    add(rows) {
      for (const { kind, sign, attribution, amount_minor } of rows) {
        if (kind === 'click') {
          found.clicks += sign;
          found.cost += sign * amount_minor;
        } else if (kind === 'order' || kind === 'payment') found[attribution] += sign;
      }
    },
    agrees({ meta, oracle }) {
      const conversions = found.direct + found.indirect + found.organic;
      const cost = meta.cost ?? oracle?.cost ?? found.cost;
      if (found.clicks !== meta.clicks || conversions !== meta.conversions || found.cost !== cost) return false;
      return ['direct', 'indirect', 'organic'].every((class_) => {
        const [a, b] = [oracle?.ideal[class_], oracle?.bounded[class_]];
        return oracle === null || (found[class_] >= Math.min(a, b) && found[class_] <= Math.max(a, b));
      });
    },
  };
}
