/** One measured run: a line of `--json`. Whatever else a bench has to say stands beside these. */
export interface Run {
  /** CPU of our own processes, user and system of all threads, µs per event. */
  readonly us_per_event: number;
  readonly events: number;
  /** A run whose answers are wrong is void; null: nothing was there to hold it to. */
  readonly correct: boolean | null;
  /** The same for the second half of the events: compiled code, large state. */
  readonly second_half?: number;
  readonly wall_s?: number;
  readonly rss_mb?: number;
  /** µs per event of each process, if there are several. */
  readonly processes?: Readonly<Record<string, number>>;
  /** What the figure is made of, µs per event. */
  readonly stages?: Readonly<Record<string, number>>;
  /** Broker and stores, µs per event: not in the figure. */
  readonly apart?: Readonly<Record<string, number>>;
  /** What the check saw. */
  readonly found?: object;
}

/** One of the things that a bench compares. */
export interface Candidate {
  /** What tells its runs from others of the bench; empty where there is one. */
  readonly what: string;
  /** An uncounted run that warms the machine's caches and tells the parts, as shares of the CPU. */
  readonly parts?: () => Promise<Readonly<Record<string, number>>>;
  readonly run: () => Promise<Run & object>;
}

export interface Prepared {
  readonly candidates: readonly Candidate[];
  /** What a reader must know of this input, these peers, this machine. */
  readonly notes?: readonly string[];
  readonly close?: () => Promise<void>;
}

export interface Bench {
  readonly name: string;
  /** What is measured and how, for the head of its output. */
  readonly method: string;
  readonly prepare: (options: BenchOptions) => Promise<Prepared>;
}

/** What the command line and the environment say. */
export interface BenchOptions {
  readonly runs: number;
  /** Size of the input where the bench makes its own. */
  readonly clicks: number | null;
  readonly days: number;
  /** A folder of the peers' generator. */
  readonly input: string | null;
  /** A small one, read first in the same process. */
  readonly warm: string | null;
  /** The peers' folder. */
  readonly peers: string | null;
  /** Only candidates whose name contains this. */
  readonly only: string | null;
  /** Whether a run under the profiler says where the time goes. */
  readonly stages: boolean;
  readonly say: (line: string) => void;
}
