import { cpuOf_us } from '../harness/cpu';

interface Sample {
  readonly cpu_us: number;
  /** Rows that the process had taken. */
  readonly rows: number;
}

/** A process's CPU by how far it was: looked at from outside, now and then. */
export class Progress {
  readonly #samples: Sample[] = [];
  #said_us: number | null = null;

  constructor(
    readonly name: string,
    private readonly pid: number,
    private readonly metrics: string,
  ) {}

  /** @returns rows taken so far; null: it does not answer, for it is at work */
  async look(): Promise<number | null> {
    const text = await fetch(this.metrics, { signal: AbortSignal.timeout(5_000) }).then(
      (answer) => answer.text(),
      () => null,
    );
    if (text === null) return null;
    const rows = rowsIn(text);
    this.#samples.push({ cpu_us: cpuOf_us(this.pid), rows });
    return rows;
  }

  /** What the process said itself at its end. */
  ended(cpu_us: number): void {
    this.#said_us = cpu_us;
  }

  /** CPU until it had done all it had to do, start included, µs: not what it spends on waiting for more. */
  get all_us(): number {
    if (this.#said_us !== null) return this.#said_us;
    const last = this.#samples.at(-1);
    const done = this.#samples.findIndex(({ rows }) => rows === last?.rows);
    // The rows are taken before what came of them is sent: one look later it is.
    return (this.#samples[done + 1] ?? last)?.cpu_us ?? 0;
  }

  /** CPU spent until the process had taken `share` of all its rows, µs. */
  cpuAt_us(share: number): number {
    const wanted = share * (this.#samples.at(-1)?.rows ?? 0);
    const after = this.#samples.findIndex(({ rows }) => rows >= wanted);
    const [a, b] = [this.#samples[after - 1], this.#samples[after]];
    if (b === undefined) return 0;
    if (a === undefined || b.rows === a.rows) return b.cpu_us;
    return a.cpu_us + ((b.cpu_us - a.cpu_us) * (wanted - a.rows)) / (b.rows - a.rows);
  }
}

const rowsIn = (text: string): number =>
  [...text.matchAll(/^\w*rows_in(?:_total)?\{[^}]*\} (\S+)$/gm)].reduce((sum, [, number]) => sum + Number(number), 0);
