// ODS alone: what does it cost from a record's JSON text to its row in a frame, validated, and to read the row out of the frame again?
//
// Method: 60 000 records of the AdJoin input in memory, in batches of some hundreds as a consumer would hand them over. Every candidate has a
// process of its own in every round, for in one process they would spoil one another's compiled code; rounds follow one another, so that a
// slow moment of the machine hits all. A process reads all records five times, and the last two count. The figure is its CPU time, user and
// system and all threads. `framed row` is what an ODS process does besides its client: read, validate, place, collect, encode; the others
// are its parts and what they replaced.
//
// Check: rows read by layout equal those of the general path, and frames give back what was put in.
//
//   node tools/bench/ods.bench.mjs [--json]      IN=DIR
import { deepStrictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { adjoinInput, recordsOf } from './adjoin-input.mjs';
import { compiled } from './compiled.mjs';
import { figures, report } from './report.mjs';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, runs: { type: 'string', default: '5' }, only: { type: 'string' } },
  strict: false,
});
const RECORDS = 60_000;
const WARM_UP = 3;
const COUNTED = 2;

const millrace = await compiled(`
  export { parseSourceDeclaration, createOds } from '@millrace/layer-ods'; export { EventList } from '../../libs/layers/ods/src/event-list';
  export { compileGeneral, compileSource, eventRulesOf } from '../../libs/layers/ods/src/source';
  export { DEFAULT_RULES, partitionOf } from '@millrace/ads'; export { RawTask } from '@millrace/stream';
  export { MsgpackFrameCodec } from '@millrace/adapters/msgpack';`);
const {
  compileGeneral,
  compileSource,
  createOds,
  DEFAULT_RULES: rules,
  EventList,
  eventRulesOf,
  MsgpackFrameCodec,
  RawTask,
} = millrace;

const { declaration } = millrace.parseSourceDeclaration(
  JSON.parse(readFileSync(new URL('adjoin-source.json', import.meta.url), 'utf8')),
);
const batches = batchesOf(adjoinInput(process.env.IN, 60_000));
const events = batches.reduce((sum, { length }) => sum + length, 0);
const ods = createOds({ sources: [declaration], rules });
const from = { topic: ods.inputs[0], partition: 0 };
const operator = ods.create(from);
const layer = { ...ods, create: () => operator };
const codec = new MsgpackFrameCodec();
const general = compileGeneral(declaration, eventRulesOf(declaration, rules));
const byLayout = compileSource(declaration, rules);
const list = new EventList();
let sink = 0;

const readWith = (read) => {
  for (const batch of batches) {
    for (const { value, timestamp_ms } of batch) {
      list.keep(0);
      read(value, timestamp_ms, list);
      sink += list.length;
    }
  }
};
/** The frames of all batches; the partitions of a topic are two, so that every key is hashed. */
const framesOf = (use) => {
  const task = new RawTask({ layer, input: from, writers: ['adjoin/0'], partitions: () => 2, partitioner: millrace.partitionOf });
  for (const batch of batches) {
    task.run(batch);
    for (const { to, frame } of task.take(false)) if (to.topic === ods.outputs.action) use(frame);
  }
};
const decoder = new TextDecoder();
const frames = [];
const candidates = {
  'framed row': () => framesOf((frame) => (sink += codec.encode(frame).length)),
  '  rows, by layout': () => readWith(byLayout),
  '  rows, by the general path': () => readWith(general),
  '  JSON.parse alone': () => {
    for (const batch of batches) for (const { value } of batch) sink += JSON.parse(decoder.decode(value)).event_time;
  },
  '  decode': () => {
    for (const bytes of frames) sink += codec.decode(bytes).rows.length;
  },
};

if (values.only === undefined) report('ods', Array.from({ length: Number(values.runs) }, round), values.json);
else console.log(JSON.stringify(alone(values.only)));

function round() {
  const of = Object.fromEntries(Object.keys(candidates).map((name) => [name, inOwnProcess(name)]));
  const { 'framed row': all, ...parts } = of;
  const stages = Object.fromEntries(Object.entries(parts).map(([name, { us_per_event }]) => [name, us_per_event]));
  return { ...all, stages, ...figures() };
}

function inOwnProcess(name) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--only', name], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function alone(name) {
  if (name === '  decode') framesOf((frame) => frames.push(codec.encode(frame)));
  for (let i = 0; i < WARM_UP; i++) candidates[name]();
  const before = process.cpuUsage();
  for (let i = 0; i < COUNTED; i++) candidates[name]();
  const { user, system } = process.cpuUsage(before);
  if (sink === 0) throw new Error('nothing was done');
  return { us_per_event: (user + system) / (COUNTED * events), events, correct: name === 'framed row' ? check() : null };
}

function batchesOf(input) {
  const kept = [];
  let count = 0;
  for (const records of recordsOf(input, 0)) {
    kept.push(records.slice(0, RECORDS - count));
    count += records.length;
    if (count >= RECORDS) break;
  }
  if (input.isOwn) rmSync(input.folder, { recursive: true });
  return kept;
}

function check() {
  try {
    const [read, judged] = [new EventList(), new EventList()];
    for (const { value, timestamp_ms } of batches.flat()) {
      read.keep(0);
      judged.keep(0);
      deepStrictEqual(byLayout(value, timestamp_ms, read), general(value, timestamp_ms, judged));
      for (let i = 0; i < judged.length; i++) deepStrictEqual(read.at(i), judged.at(i));
    }
    framesOf((frame) => deepStrictEqual(codec.decode(codec.encode(frame)), frame));
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}
