import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Candidate } from '../harness/bench';
import { cpuOf_us } from '../harness/cpu';
import { quantile } from '../harness/spread';
import type { Answer, Warehouse } from '../warehouse/warehouse';
import type { LoadAnswer } from './load';

const ROWS = 10_000_000;
const RATE = 500;
const SECONDS = 10;
const WARM_UP_S = 5;
const TIMES = 30;
const ATTEMPTS = 10;
const REST_MS = 500;

export const restBench: Bench = {
  name: 'rest',
  method: `The API (apps/app as it is built) over real ClickHouse, Redis and Kafka. dws_metric holds 10 million rows (--clicks: how many) of 14 days: minutes of
200 merchants and 1 000 campaigns, hours and days of 4 000 ads; today is what DWS itself wrote into both stores. "open day": one merchant's open
day at ${RATE} requests a second for ${SECONDS} s, an open loop (a latency is from the scheduled time to the last byte). "14 days by hour": one
merchant's hours, summed from his minutes, asked ${TIMES} times in turn. "top 100 ads": of a day, by clicks, likewise. It is the steady state that is asked:
ClickHouse has come to the end of the merges that filling it in seconds left behind (system.merges stays empty), and the same load, ${WARM_UP_S} s of it or three
in turn, warms up. An event is a request; CPU of the API, the servers' apart. The asker runs on the same cores. Candidates take turns.
Check: the answers are what the rows were made of, and no request fails; "stores" says who answered.`,
  prepare: async ({ say, clicks }) => {
    const [{ Warehouse, dayAt }, { filled, settled, clicksOf, DAYS }, { inTurn, openLoop }, { dayName }] = await Promise.all([
      import('../warehouse/warehouse'),
      import('./data'),
      import('./load'),
      import('@millrace/ads'),
    ]);
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const discard = (): void => rmSync(scratch, { recursive: true, force: true });
    const warehouse = await Warehouse.start({ directory: scratch, services: ['app'], emission_ms: 1_000, partitions: 1 }).catch(
      (error: unknown) => {
        discard();
        throw error;
      },
    );
    const close = async (): Promise<void> => {
      await warehouse.stop();
      discard();
    };
    try {
      say('filling ClickHouse');
      const { rows, today } = await filled(warehouse, clicks ?? ROWS);
      const { waited_ms } = await settled(warehouse);
      say(`ClickHouse has merged it: ${(waited_ms / 1_000).toFixed(0)} s`);
      const past = { from: dayName(today - DAYS), to: dayName(today) };
      const candidates: Candidate[] = [
        candidate(warehouse, {
          what: `open day, ${RATE} requests a second`,
          query: {
            from: dayName(today),
            to: dayName(today + 1),
            window: 'day',
            groupBy: 'merchant_id',
            filter: 'merchant_id:m7',
          },
          isRight: ({ store, rows: [row] }) => store === 'redis' && (row?.metrics['clicks'] ?? 0) > 0,
          warmUp: (url) => openLoop(url, RATE, WARM_UP_S),
          ask: (url) => openLoop(url, RATE, SECONDS),
        }),
        candidate(warehouse, {
          what: '14 days by hour of one merchant',
          query: { ...past, window: 'hour', groupBy: 'merchant_id', filter: 'merchant_id:m7', metrics: 'clicks,cost,orders' },
          isRight: ({ rows: hours }) =>
            hours.length === DAYS * 24 && hours.every(({ metrics }) => metrics['clicks'] === clicksOf.minute * 60),
          warmUp: (url) => inTurn(url, 3),
          ask: (url) => inTurn(url, TIMES),
        }),
        candidate(warehouse, {
          what: 'top 100 ads of a day',
          query: {
            from: dayName(today - 3),
            to: dayName(today - 2),
            window: 'day',
            groupBy: 'ad_id',
            order: '-clicks',
            limit: '100',
            metrics: 'clicks,cost',
          },
          isRight: ({ rows: ads }) =>
            ads.length === 100 && ads.every(({ metrics }, i) => metrics['clicks'] === clicksOf.day + 3_999 - i),
          warmUp: (url) => inTurn(url, 3),
          ask: (url) => inTurn(url, TIMES),
        }),
      ];
      return { candidates, notes: [`${rows} rows in dws_metric; today is ${dayName(dayAt(warehouse.clock.now_ms()))}`], close };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

interface Question {
  readonly what: string;
  readonly query: Readonly<Record<string, string>>;
  readonly isRight: (answer: Answer) => boolean;
  readonly warmUp: (url: string) => Promise<unknown>;
  readonly ask: (url: string) => Promise<LoadAnswer>;
}

function candidate(warehouse: Warehouse, { what, query, isRight, warmUp, ask }: Question): Candidate {
  const url = `${warehouse.address}/v1/metrics?${new URLSearchParams(query).toString()}`;
  return {
    what,
    run: async () => {
      // The quick store has to be known, and on a busy machine may be passed over at first.
      let answer = await warehouse.ask(query);
      for (let attempt = 1; !isRight(answer) && attempt < ATTEMPTS; attempt++) {
        await warehouse.clock.sleep(REST_MS);
        answer = await warehouse.ask(query);
      }
      // Nothing is measured that is wrong: it may take for ever.
      if (!isRight(answer))
        throw new Error(
          `void, the answer is wrong: ${JSON.stringify({ store: answer.store, notes: answer.notes, rows: answer.rows.slice(0, 3) })}`,
        );
      await warmUp(url);
      const app = warehouse.services[0]?.pid ?? 0;
      const { redis, clickhouse } = warehouse.servers;
      const before = [app, redis.pid, clickhouse.pid].map(cpuOf_us);
      const began_ms = performance.now();
      const { latencies_ms, late_ms, failures, stores } = await ask(url);
      const wall_s = (performance.now() - began_ms) / 1_000;
      const [us = 0, redis_us = 0, clickhouse_us = 0] = [app, redis.pid, clickhouse.pid].map(
        (pid, i) => cpuOf_us(pid) - (before[i] ?? 0),
      );
      const events = latencies_ms.length + failures;
      const ms = (share: number): number => Number(quantile(latencies_ms, share).toFixed(2));
      return {
        us_per_event: us / events,
        events,
        wall_s,
        apart: { redis: redis_us / events, clickhouse: clickhouse_us / events },
        correct: failures === 0,
        p50_ms: ms(0.5),
        p99_ms: ms(0.99),
        max_ms: ms(1),
        ...(late_ms.length > 0 && { asker_late_p99_ms: Number(quantile(late_ms, 0.99).toFixed(2)) }),
        found: { failures, rows: answer.rows.length, stores },
      };
    },
  };
}
