/** A series of an answer: its labels, and its values, oldest first. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

interface Answer<Data> {
  readonly status: string;
  readonly error?: string;
  readonly data: Data;
}
interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** A Prometheus by its HTTP API. Throws an Error with what it says against a question. */
export class AskingPrometheus {
  constructor(private readonly url: string) {}

  /** As a graph asks: the last seconds, in steps of one. */
  range(query: string, last_s: number): Promise<Series[]> {
    const now_s = Math.floor(Date.now() / 1000);
    return this.#series(
      `query_range?${new URLSearchParams({ query, start: `${now_s - last_s}`, end: `${now_s}`, step: '1' }).toString()}`,
    );
  }

  /** As a table asks: now. */
  now(query: string): Promise<Series[]> {
    return this.#series(`query?${new URLSearchParams({ query }).toString()}`);
  }

  /** All names of series that it has. */
  names(): Promise<string[]> {
    return this.#get('label/__name__/values');
  }

  /** Each rule, whether it could be computed, and an alert's state. */
  async rules(): Promise<{ name: string; health: string; lastError?: string; state?: string }[]> {
    const { groups } = await this.#get<{
      groups: { rules: { name: string; health: string; lastError?: string; state?: string }[] }[];
    }>('rules');
    return groups.flatMap(({ rules }) => rules);
  }

  /** Targets that it has scraped without a fault. */
  async targetsUp(): Promise<number> {
    const { activeTargets } = await this.#get<{ activeTargets: { health: string }[] }>('targets');
    return activeTargets.filter(({ health }) => health === 'up').length;
  }

  async #series(question: string): Promise<Series[]> {
    const { result } = await this.#get<{ result: Result[] }>(question);
    return result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
      metric,
      values: values.map(([, text]) => Number(text)),
    }));
  }

  async #get<Data>(question: string): Promise<Data> {
    const response = await fetch(`${this.url}/api/v1/${question}`);
    const { status, error, data } = (await response.json()) as Answer<Data>;
    if (status !== 'success') throw new Error(error ?? `${response.status}`);
    return data;
  }
}
