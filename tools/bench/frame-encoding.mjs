// Row encodings inside a frame: ns per row to encode and to decode, bytes per row. The candidates take turns, so that a
// busy machine is busy for all of them; of three rounds the last is printed, after the compiler has settled.
//   node tools/bench/frame-encoding.mjs [rows per frame]
import { Packr } from 'msgpackr';

const ROWS = Number(process.argv[2] ?? 200);
const FRAMES = 50;
const REPEATS = 10;

let seed = 1;
const below = (limit) => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return seed % limit;
};
/** A fact of DWD: 24 fields, of which nine are null for a click. */
const fact = (_, i) => ({
  kind: 'click',
  sign: 1,
  source: 'events',
  event_id: `e${below(1e9).toString(36)}`,
  user_id: `u${below(1e5)}`,
  event_time: 1_700_000_000_000 + below(1e9),
  ingest_time: 1_700_000_000_000 + i,
  merchant_id: `m${below(50)}`,
  campaign_id: `c${below(100)}`,
  ad_id: `a${below(1000)}`,
  item_id: below(2) ? null : `i${below(1000)}`,
  amount_minor: below(5000),
  uv: 31,
  attribution: null,
  model: 'last',
  credit_micro: 1_000_000,
  order_time: null,
  order_id: null,
  channel: null,
  click_source: null,
  click_id: null,
  click_time: null,
  orphan: false,
  version: 0,
});
const frames = Array.from({ length: FRAMES }, () => Array.from({ length: ROWS }, fact));
const offsets = Array.from({ length: ROWS }, (_, i) => 100_000 + Math.floor(i * 1.7));
const ordinals = offsets.map(() => 0);
const clocks = frames[0].map((row) => row.event_time);

const records = new Packr({ useRecords: true });
const maps = new Packr({ useRecords: false });
const differences = (numbers) => numbers.map((number, i) => number - (numbers[i - 1] ?? 0));
const sums = (numbers) => {
  let sum = 0;
  return numbers.map((number) => (sum += number));
};
const toColumns = (rows) => Object.fromEntries(Object.keys(rows[0]).map((key) => [key, rows.map((row) => row[key])]));
const fromColumns = (columns) => {
  const entries = Object.entries(columns);
  return entries[0][1].map((_, i) => Object.fromEntries(entries.map(([key, column]) => [key, column[i]])));
};

const candidates = {
  'JSON, array of objects': {
    encode: (rows) => Buffer.from(JSON.stringify(rows)),
    decode: (bytes) => JSON.parse(bytes.toString()),
  },
  'msgpackr, columns': { encode: (rows) => maps.pack(toColumns(rows)), decode: (bytes) => fromColumns(maps.unpack(bytes)) },
  'msgpackr, records': { encode: (rows) => records.pack(rows), decode: (bytes) => records.unpack(bytes) },
  '  + positions as they are': {
    encode: (rows) => records.pack({ rows, offsets, ordinals, clocks }),
    decode: (bytes) => records.unpack(bytes),
  },
  '  + positions as differences': {
    encode: (rows) => records.pack({ rows, offsets: differences(offsets), ordinals, clocks: differences(clocks) }),
    decode: (bytes) => {
      const frame = records.unpack(bytes);
      return { ...frame, offsets: sums(frame.offsets), clocks: sums(frame.clocks) };
    },
  },
};

const nanosecondsPerRow = (work) => {
  const began = process.hrtime.bigint();
  for (let i = 0; i < REPEATS; i++) work();
  return Number(process.hrtime.bigint() - began) / (REPEATS * FRAMES * ROWS);
};
for (let round = 0; round < 3; round++) {
  for (const [name, { encode, decode }] of Object.entries(candidates)) {
    let encoded = [];
    const writing = nanosecondsPerRow(() => (encoded = frames.map(encode)));
    encoded = encoded.map((bytes) => Buffer.from(bytes));
    const reading = nanosecondsPerRow(() => encoded.forEach(decode));
    if (round < 2) continue;
    console.log(
      `${name.padEnd(30)} ${writing.toFixed(0).padStart(6)} ${reading.toFixed(0).padStart(6)} ns ${(encoded[0].length / ROWS).toFixed(0).padStart(5)} B`,
    );
  }
}
