import { type Rules, TOPICS } from '@millrace/ads';
import { createApp } from '@millrace/layer-app';
import type { Outside } from '../outside';
import { SimulatedClickHouse } from '../ports/clickhouse';
import { SimulatedClock } from '../ports/clock';
import { SimulatedLog } from '../ports/log';
import { SimulatedRedis } from '../ports/redis';
import type { Life } from '../world/life';
import type { Program } from './process';

/** What a caller gets. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** The API in a process of its own: requests come without a network, and whatever it waits for is the world's. */
export class Api implements Program {
  readonly #app: ReturnType<typeof createApp>;
  #stopped: () => void = () => undefined;

  constructor(outside: Outside, life: Life, rules: Rules) {
    const { world, tables, served, brokers } = outside;
    this.#app = createApp({
      olap: new SimulatedClickHouse(world, life, tables),
      openDays: { store: new SimulatedRedis(world, life, served), partitions: brokers.partitions(TOPICS.fact) },
      log: new SimulatedLog(outside, life),
      clock: new SimulatedClock(world, life),
      rules,
      health: () => ({ ready: true, reasons: [] }),
      metricsText: async () => '',
    });
  }

  /** Resolves when requests may come; takes the machine's time, and none of the world's. */
  async ready(): Promise<void> {
    await this.#app.ready();
  }

  run(): Promise<void> {
    return new Promise((resolve) => (this.#stopped = resolve));
  }

  async stop(): Promise<void> {
    await this.#app.close();
    this.#stopped();
  }

  post(events: readonly object[]): Promise<Reply> {
    return this.#ask({ method: 'POST', url: '/v1/events', payload: events });
  }

  get(url: string): Promise<Reply> {
    return this.#ask({ method: 'GET', url });
  }

  async #ask(request: { method: 'GET' | 'POST'; url: string; payload?: readonly object[] }): Promise<Reply> {
    const { statusCode, body } = await this.#app.inject(request as { method: 'GET'; url: string });
    return { status: statusCode, body: JSON.parse(body) as unknown };
  }
}
