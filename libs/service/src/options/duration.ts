import { parseDuration } from '@millrace/ads';
import { type Option, text } from '@millrace/boot';

/** A length of time, read as milliseconds. */
export const duration = ({
  description,
  default: fallback,
  least_ms = 0,
}: {
  readonly description: string;
  readonly default?: string;
  readonly least_ms?: number;
}): Option<number> =>
  text({
    description,
    ...(fallback !== undefined && { default: fallback }),
    expected: 'a duration such as 500ms, 10s or 2h',
    read: (written) => {
      const ms = parseDuration(written);
      if (ms === null) throw new Error(`expected a duration such as 500ms, 10s or 2h, not "${written}"`);
      if (ms < least_ms) throw new Error(`expected at least ${least_ms}ms, not "${written}"`);
      return ms;
    },
  });
