// What the Kafka clients cost: processor time of the client alone, µs per event, against a real broker.
//   npm run stack && node tools/bench/kafka-client.bench.mjs [ROUNDS]
// Method: every measurement is a process of its own (a client's garbage is not its neighbour's), candidates take turns
// within a round, the first fifth is dropped, and the median of the rounds is told with the extremes. User and system
// time of the process: other work on the machine lengthens it by cache misses only. An event is 316 bytes of JSON; a frame
// is 200 rows of 142 bytes, made beforehand. Everything is acknowledged by all replicas, idempotent, lz4.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const broker = `127.0.0.1:${process.env.MILLRACE_STACK_KAFKA_PORT || 29092}`;
const require = createRequire(new URL('../../libs/adapters/package.json', import.meta.url));

const ROWS = 200;
const SHAPES = {
  // What one send carries follows from what is best for kafkajs: 500 records, or five frames.
  event: { value: Buffer.from(JSON.stringify({ fill: pseudorandom(305) })), events: 1, per_send: 500, sends: 400 },
  frame: { value: Buffer.from(pseudorandom(ROWS * 142)), events: ROWS, per_send: 5, sends: 1_000 },
};

/** Text of 64 letters: compressible about as much as encoded events are. */
function pseudorandom(length) {
  let text = '';
  for (let state = 7; text.length < length;) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    text += 'merchant campaign ad user click '.slice((state >> 16) % 24).slice(0, 6) + (state >> 8).toString(36);
  }
  return text.slice(0, length);
}

/** µs of processor time per event of `work`, whose first fifth warms up. `work` calls `tick` once per event or bundle of events. */
async function measured(total, work) {
  let done = 0;
  let began;
  let from = 0;
  await work((events) => {
    done += events;
    if (began === undefined && done >= total / 5) {
      began = process.cpuUsage();
      from = done;
    }
  });
  const { user, system } = process.cpuUsage(began);
  return (user + system) / (done - from);
}

const topicOf = (shape) => `bench.${shape}`;

function kafkajs() {
  const { Kafka, CompressionCodecs, CompressionTypes, Partitioners, logLevel } = require('kafkajs');
  const { compressFrameSync, decompressFrameSync } = require('lz4-napi');
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async ({ buffer }) => compressFrameSync(buffer),
    decompress: async (buffer) => decompressFrameSync(buffer),
  });
  return { kafka: new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }), CompressionTypes, Partitioners };
}

const CANDIDATES = {
  async 'kafkajs produce'(shape) {
    const { value, events, per_send, sends } = SHAPES[shape];
    const { kafka, CompressionTypes, Partitioners } = kafkajs();
    const producer = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const cost = await measured(events * per_send * sends, async (tick) => {
      for (let i = 0; i < sends; i++) {
        const messages = Array.from({ length: per_send }, () => ({ key: 'user', value, partition: 0 }));
        await producer.send({ topic: topicOf(shape), acks: -1, compression: CompressionTypes.LZ4, messages });
        tick(events * per_send);
      }
    });
    await producer.disconnect();
    return cost;
  },

  async 'platformatic produce'(shape) {
    const { Producer } = await import(require.resolve('@platformatic/kafka'));
    const { value, events, per_send, sends } = SHAPES[shape];
    const producer = new Producer({ clientId: 'bench', bootstrapBrokers: [broker], idempotent: true, compression: 'lz4' });
    const key = Buffer.from('user');
    const cost = await measured(events * per_send * sends, async (tick) => {
      for (let i = 0; i < sends; i++) {
        const topic = topicOf(shape);
        await producer.send({ messages: Array.from({ length: per_send }, () => ({ topic, key, value, partition: 0 })) });
        tick(events * per_send);
      }
    });
    await producer.close();
    return cost;
  },

  async 'kafkajs consume'(shape) {
    const { events, per_send, sends } = SHAPES[shape];
    const { kafka } = kafkajs();
    const consumer = kafka.consumer({ groupId: `bench.${process.pid}`, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topics: [topicOf(shape)], fromBeginning: true });
    const records = per_send * sends;
    const cost = await measured(events * records, (tick) => {
      let left = records;
      return new Promise((resolve) =>
        consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          eachBatch: async ({ batch, resolveOffset }) => {
            resolveOffset(batch.lastOffset());
            tick(events * batch.messages.length);
            left -= batch.messages.length;
            if (left <= 0) resolve();
          },
        }),
      );
    });
    await consumer.disconnect();
    return cost;
  },

  async 'platformatic consume'(shape) {
    const { Consumer } = await import(require.resolve('@platformatic/kafka'));
    const { events, per_send, sends } = SHAPES[shape];
    const consumer = new Consumer({ clientId: 'bench', bootstrapBrokers: [broker], groupId: `bench.${process.pid}` });
    const stream = await consumer.consume({ topics: [topicOf(shape)], mode: 'earliest', autocommit: false, maxWaitTime: 100 });
    const records = per_send * sends;
    const cost = await measured(events * records, (tick) => {
      let left = records;
      return new Promise((resolve) =>
        stream.on('data', () => {
          tick(events);
          if (--left === 0) resolve();
        }),
      );
    });
    await stream.close();
    await consumer.close(true);
    return cost;
  },
};

/** Emptied before each round: what is consumed is what was produced in it, half by each. */
async function anew(shape) {
  const { kafka } = kafkajs();
  const admin = kafka.admin();
  await admin.connect();
  if ((await admin.listTopics()).includes(topicOf(shape))) await admin.deleteTopics({ topics: [topicOf(shape)] });
  await admin.createTopics({ topics: [{ topic: topicOf(shape), numPartitions: 1 }] });
  await admin.disconnect();
}

const [mode, name, shape] = process.argv.slice(2);
if (mode === '--one') {
  process.stdout.write(String(await CANDIDATES[name](shape)));
  process.exit();
}

const rounds = Number(mode ?? 5);
for (const shape of Object.keys(SHAPES)) {
  const costs = Object.fromEntries(Object.keys(CANDIDATES).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    await anew(shape);
    for (const name of Object.keys(CANDIDATES)) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--one', name, shape], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      costs[name].push(Number(stdout));
    }
  }
  for (const [name, all] of Object.entries(costs)) {
    const sorted = all.sort((a, b) => a - b);
    const [median, least, most] = [sorted[Math.floor(rounds / 2)], sorted[0], sorted[rounds - 1]].map((cost) => cost.toFixed(2));
    console.log(`${shape.padEnd(6)} ${name.padEnd(21)} ${median} µs/event (${least}–${most})`);
  }
}
