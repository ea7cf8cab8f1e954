import { createServer, type RequestListener, type Server } from 'node:http';
import type { Part } from '../lifecycle';

export interface HealthServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Why the process is not ready; empty when it is. */
  readonly reasons: () => readonly string[];
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
}

/**
 * `GET /healthz/live`, `/healthz/ready` and `/metrics` for a service that has no API: the same answers as the API's own.
 * It answers before the process is ready and until it ends.
 */
export class HealthServer implements Part {
  readonly name = 'health server';
  readonly #server: Server;

  constructor(private readonly options: HealthServerOptions) {
    this.#server = createServer(this.#answer);
  }

  /** Where it listens; only once it is started. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  start(): Promise<void> {
    const { host, port } = this.options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  readonly #answer: RequestListener = (request, response) => {
    const { reasons, metrics } = this.options;
    const say = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(body));
    };
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') say(405, { status: 'only GET' });
    else if (path === '/healthz/live') say(200, { status: 'ok', reasons: [] });
    else if (path === '/healthz/ready') {
      const why = reasons();
      say(why.length === 0 ? 200 : 503, { status: why.length === 0 ? 'ok' : 'unready', reasons: why });
    } else if (path === '/metrics')
      void metrics.text().then(
        (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
        (error: unknown) => say(500, { status: String(error) }),
      );
    else say(404, { status: 'not here; there are /healthz/live, /healthz/ready and /metrics' });
  };
}
