import { freePort, type Server, startToxiproxy } from '@millrace/testkit/servers';
import { Toxiproxy } from 'toxiproxy-node-client';

/** The way to one server, which can be harmed for all who come by it. */
export interface Way {
  readonly port: number;
  /** Connections end, and new ones are refused. */
  cut(): Promise<void>;
  /** Everything takes this much longer, both ways. */
  slow(latency_ms: number): Promise<void>;
  /** What is sent arrives; no answer comes back, and no connection ends. */
  halfClose(): Promise<void>;
}

/** Ways that services take to their servers. */
export class Network {
  readonly #toxiproxy: Toxiproxy;

  private constructor(private readonly server: Server) {
    this.#toxiproxy = new Toxiproxy(server.url);
  }

  static async start(directory: string): Promise<Network> {
    return new Network(await startToxiproxy({ directory }));
  }

  /** @param listen the port that leads to `upstream`; default: a free one */
  async way(name: string, upstream: number, listen?: number): Promise<Way> {
    const port = listen ?? (await freePort());
    const ends = { listen: `127.0.0.1:${port}`, upstream: `127.0.0.1:${upstream}` };
    const proxy = await this.#toxiproxy.createProxy({ name, enabled: true, ...ends });
    return {
      port,
      cut: async () => void (await proxy.update({ ...ends, enabled: false })),
      slow: async (latency) => {
        for (const stream of ['upstream', 'downstream'] as const) {
          const attributes = { latency, jitter: 0 };
          await proxy.addToxic({ name: `slow-${stream}`, type: 'latency', stream, toxicity: 1, attributes });
        }
      },
      halfClose: async () =>
        void (await proxy.addToxic({
          name: 'half-closed',
          type: 'timeout',
          stream: 'downstream',
          toxicity: 1,
          attributes: { timeout: 0 },
        })),
    };
  }

  /** All ways are as they were. */
  mend(): Promise<void> {
    return this.#toxiproxy.reset();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
