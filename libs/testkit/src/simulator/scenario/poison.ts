import type { Random } from '@millrace/ads';

/** A record that looks like `good`, and is none: ODS must reject it, and nothing may fall over it. */
export const poison = (good: Uint8Array, random: Random): Uint8Array => {
  const text = new TextDecoder().decode(good);
  const event = JSON.parse(text) as Record<string, unknown>;
  return Buffer.from(
    random.pick([
      text.slice(0, random.below(text.length - 1)),
      `${text}}`,
      '[]',
      'null',
      '\u0000\u0001',
      '{"type":"click"}',
      JSON.stringify({ ...event, type: 'klick' }),
      JSON.stringify({ ...event, user_id: undefined }),
      JSON.stringify({ ...event, event_id: '' }),
      JSON.stringify({ ...event, event_time: 'yesterday' }),
      JSON.stringify({ ...event, event_time: 4_102_444_800_000 }),
    ]),
  );
};
