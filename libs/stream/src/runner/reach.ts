import { type FrameCodec, writerOf } from '../frame';
import type { RawRecord } from '../operator';
import { Watermark, type WatermarkState } from '../watermark';

/**
 * The highest watermark that anybody can have had who read these records on top of a state: what was written under it is
 * out, whether or not a snapshot says so. Reads positions in time alone, no rows.
 */
export class Reach {
  readonly #watermark: Watermark;

  constructor(
    private readonly codec: FrameCodec,
    lateness_ms: number,
    state: WatermarkState,
  ) {
    this.#watermark = new Watermark(lateness_ms);
    this.#watermark.restore(state);
  }

  get watermark_ms(): number {
    return this.#watermark.value_ms;
  }

  read(records: readonly RawRecord[]): void {
    const watermark = this.#watermark;
    for (const { value } of records) {
      if (value === null) continue;
      const { source, clocks, tick } = this.codec.decode(value);
      if (tick !== undefined) watermark.announce(tick.known);
      const writer = watermark.writer(writerOf(source));
      for (const clock_ms of clocks) watermark.observe(writer, clock_ms);
      if (tick !== undefined) watermark.observe(watermark.writer(tick.writer), tick.clock_ms);
    }
  }
}
