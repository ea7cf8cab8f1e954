import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadAnswer {
  readonly latencies_ms: readonly number[];
  readonly failures: number;
  /** By how much the asker was late itself: part of the latencies, and no fault of who is asked. */
  readonly late_ms: readonly number[];
  /** How many were answered from which store. */
  readonly stores: Readonly<Record<string, number>>;
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
  const seen = new Seen();
  const all: Promise<void>[] = [];
  for (let n = 0; n < count;) {
    for (const now_ms = performance.now(); n < count && scheduled_ms(n) <= now_ms; n++) {
      const due_ms = scheduled_ms(n);
      seen.late_ms.push(now_ms - due_ms);
      all.push(
        answered(url, agent).then(
          (answer) => seen.take(answer, due_ms),
          () => void seen.failures++,
        ),
      );
    }
    await sleep(STEP_MS);
  }
  await Promise.all(all);
  agent.destroy();
  return seen;
}

/** One after the other: a closed loop of one. */
export async function inTurn(url: string, times: number): Promise<LoadAnswer> {
  const agent = new Agent({ keepAlive: true });
  const seen = new Seen();
  for (let i = 0; i < times; i++) {
    const began_ms = performance.now();
    seen.take(await answered(url, agent), began_ms);
  }
  agent.destroy();
  return seen;
}

class Seen implements LoadAnswer {
  readonly latencies_ms: number[] = [];
  readonly late_ms: number[] = [];
  readonly stores: Record<string, number> = {};
  failures = 0;

  take({ status, head }: Answered, since_ms: number): void {
    this.latencies_ms.push(performance.now() - since_ms);
    if (status !== 200) this.failures++;
    const store = /"store":"(\w+)"/.exec(head)?.[1] ?? 'none';
    this.stores[store] = (this.stores[store] ?? 0) + 1;
  }
}

interface Answered {
  readonly status: number;
  /** The first bytes of the answer: they name the store. */
  readonly head: string;
}

const answered = (url: string, agent: Agent): Promise<Answered> =>
  new Promise((resolve, reject) => {
    get(url, { agent, timeout: PATIENCE_MS, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
      let head = '';
      response.once('data', (bytes: Buffer) => (head = bytes.toString('latin1', 0, 64)));
      response.resume();
      response.once('end', () => resolve({ status: response.statusCode ?? 0, head }));
      response.once('error', reject);
    }).once('error', reject);
  });
