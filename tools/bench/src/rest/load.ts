import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadAnswer {
  readonly latencies_ms: readonly number[];
  readonly failures: number;
}

const STEP_MS = 2;
/** What takes longer has failed. */
const PATIENCE_MS = 10_000;

/**
 * Requests at an even rate, whether or not earlier ones are answered (an open loop), over kept connections. A latency is from
 * the time that a request was scheduled for to the last byte of its answer.
 */
export async function openLoop(url: string, rate: number, seconds: number): Promise<LoadAnswer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const count = Math.floor(rate * seconds);
  const began_ms = performance.now() + 50;
  const scheduled_ms = (n: number): number => began_ms + (n * 1_000) / rate;
  const latencies_ms: number[] = [];
  let failures = 0;
  const all: Promise<void>[] = [];
  for (let n = 0; n < count;) {
    for (const now_ms = performance.now(); n < count && scheduled_ms(n) <= now_ms; n++) {
      const due_ms = scheduled_ms(n);
      all.push(
        answered(url, agent).then(
          (status) => {
            if (status !== 200) failures++;
            latencies_ms.push(performance.now() - due_ms);
          },
          () => void failures++,
        ),
      );
    }
    await sleep(STEP_MS);
  }
  await Promise.all(all);
  agent.destroy();
  return { latencies_ms, failures };
}

/** One after the other: a closed loop of one. */
export async function inTurn(url: string, times: number): Promise<LoadAnswer> {
  const agent = new Agent({ keepAlive: true });
  const latencies_ms: number[] = [];
  let failures = 0;
  for (let i = 0; i < times; i++) {
    const began_ms = performance.now();
    if ((await answered(url, agent)) !== 200) failures++;
    latencies_ms.push(performance.now() - began_ms);
  }
  agent.destroy();
  return { latencies_ms, failures };
}

const answered = (url: string, agent: Agent): Promise<number> =>
  new Promise((resolve, reject) => {
    get(url, { agent, timeout: PATIENCE_MS, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    }).once('error', reject);
  });
