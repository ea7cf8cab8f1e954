const TERMINAL_MS = 100;
const ELSEWHERE_MS = 5_000;

/** One line that keeps changing on a terminal; a line now and then elsewhere. On standard error: the answer has standard output. */
export class Progress {
  private last_ms = -Infinity;
  private shown = '';

  constructor(
    private readonly now_ms: () => number,
    private readonly stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'> = process.stderr,
  ) {}

  show(text: string): void {
    const interval_ms = this.stream.isTTY ? TERMINAL_MS : ELSEWHERE_MS;
    if (this.now_ms() - this.last_ms < interval_ms) return;
    this.last_ms = this.now_ms();
    this.write(text);
  }

  /** Shows the text whatever the time, and leaves it standing. */
  done(text: string): void {
    this.write(text);
    this.leave();
  }

  /** What is said next begins on a line of its own. */
  leave(): void {
    if (this.stream.isTTY && this.shown !== '') this.stream.write('\n');
    this.shown = '';
    this.last_ms = -Infinity;
  }

  private write(text: string): void {
    if (!this.stream.isTTY) {
      this.stream.write(`${text}\n`);
      return;
    }
    // A line that wraps cannot be written over.
    const line = text.slice(0, this.stream.columns - 1);
    this.stream.write(`\r${line.padEnd(this.shown.length)}`);
    this.shown = line;
  }
}
