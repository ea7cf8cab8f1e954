const KINDS = 100;

/**
 * Passes a message on if none of its kind (the same but for numbers) was passed on within `every_ms`: a client that tries
 * to reach a broker says so each time, and a broker may be away for long.
 */
export function sparsely(
  say: (message: string) => void,
  every_ms = 60_000,
  now_ms: () => number = () => performance.now(),
): (message: string) => void {
  const said_ms = new Map<string, number>();
  return (message) => {
    const kind = message.replace(/\d+/g, '#');
    const now = now_ms();
    if (now - (said_ms.get(kind) ?? -Infinity) < every_ms) return;
    if (said_ms.size >= KINDS) said_ms.clear();
    said_ms.set(kind, now);
    say(message);
  };
}
