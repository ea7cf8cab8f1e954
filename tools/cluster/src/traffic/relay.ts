import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl } from '../kube/kubectl';

export const RELAY = 'relay';
const SCRIPT = 'tools/cluster/relay.cjs';
const ATTEMPTS = 120;

/** What was answered, or why nothing was. */
export type Answer =
  { readonly status: number; readonly retryAfter: string | null; readonly body: string } | { readonly error: string };

export interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
  /** Over a connection of its own, which the Service balances anew. */
  readonly fresh?: boolean;
}

/** Requests to the API from a pod of the cluster, through the Service. */
export class Relay {
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;
  #over: string | null = null;

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly api: string,
    private readonly key: string,
  ) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { id, ...answer } = JSON.parse(line) as Answer & { id: number };
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-2_000)));
    child.stdin.on('error', () => undefined); // Its end is told once, by `close`.
    child.once('close', () => {
      this.#over = `the relay ended: ${said}`;
      for (const resolve of this.#waiting.values()) resolve({ error: this.#over });
      this.#waiting.clear();
    });
  }

  static open(kube: Kubectl, api: string, key: string): Relay {
    const script = readFileSync(SCRIPT, 'utf8');
    const child = spawn('kubectl', ['-n', kube.namespace, 'exec', '-i', RELAY, '--', 'node', '-e', script]);
    return new Relay(child, api, key);
  }

  /** Once. */
  ask({ method, path, body, type = 'application/json', fresh = false }: Question): Promise<Answer> {
    if (this.#over !== null) return Promise.resolve({ error: this.#over });
    const id = ++this.#last;
    const headers = { authorization: `Bearer ${this.key}`, ...(body !== undefined && { 'content-type': type }) };
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const line = { id, url: `${this.api}${path}`, method, headers: { ...headers, ...length }, body, fresh };
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.child.stdin.write(`${JSON.stringify(line)}\n`);
    });
  }

  /** Again and again while there is no answer or it says when to come again, as `ask` of a reader does. */
  async answered(question: Question): Promise<{ readonly statusCode: number; readonly body: string }> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.ask(question);
      if ('status' in answer && (answer.retryAfter === null || attempt === ATTEMPTS))
        return { statusCode: answer.status, body: answer.body };
      if ('error' in answer && (attempt === ATTEMPTS || this.#over !== null)) throw new Error(answer.error);
      await sleep(500);
    }
  }

  close(): void {
    this.child.stdin.end();
    this.child.kill();
  }
}
