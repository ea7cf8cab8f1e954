import { join } from 'node:path';
import { attempt, type Ended, run } from './command';

const CHART = 'helm/millrace';
const MARGIN_MS = 30_000;

/** One release of the chart of this repository. */
export class Helm {
  constructor(
    private readonly namespace: string,
    readonly release: string,
    /** Files of values, the later winning. */
    private readonly values: readonly string[],
  ) {}

  /** `helm install` or `helm upgrade`, with --wait; `set` comes on top of the files. */
  async deploy(verb: 'install' | 'upgrade', set: Readonly<Record<string, string>>, limit_ms: number): Promise<Ended> {
    const files = [join(CHART, 'examples/local.yaml'), ...this.values].flatMap((file) => ['-f', file]);
    const settings = Object.entries(set).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
    return this.#bounded([verb, this.release, CHART, ...files, ...settings, '--wait'], limit_ms);
  }

  rollback(limit_ms: number): Promise<Ended> {
    return this.#bounded(['rollback', this.release, '--wait'], limit_ms);
  }

  /** The log of `helm test`. */
  async test(limit_ms: number): Promise<Ended> {
    return this.#bounded(['test', this.release, '--logs'], limit_ms);
  }

  async uninstall(limit_ms: number): Promise<void> {
    const { ok, stderr } = await this.#bounded(['uninstall', this.release, '--ignore-not-found', '--wait'], limit_ms);
    if (!ok) throw new Error(`helm uninstall: ${stderr}`);
  }

  /** One line per revision: number, status, description. */
  async history(): Promise<readonly string[]> {
    const text = await run('helm', ['history', this.release, '-n', this.namespace, '-o', 'json'], { limit_ms: MARGIN_MS });
    const revisions = JSON.parse(text) as readonly { revision: number; status: string; description: string }[];
    return revisions.map(({ revision, status, description }) => `${revision} ${status}: ${description}`);
  }

  #bounded(args: readonly string[], limit_ms: number): Promise<Ended> {
    const bounded = [...args, '-n', this.namespace, '--timeout', `${Math.round(limit_ms / 1_000)}s`];
    return attempt('helm', bounded, { limit_ms: limit_ms + MARGIN_MS });
  }
}
