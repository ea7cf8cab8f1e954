/** How deep an unknown field may be nested: what is kept is encoded recursively later, and one record must not exhaust the stack. */
export const MAX_EXTRA_DEPTH = 16;

/** The fields of `input` that are not `known`, null when there are none, or the name of one that is nested too deeply. */
export function extraOf(input: object, known: ReadonlySet<string>): Readonly<Record<string, unknown>> | string | null {
  let extra: Record<string, unknown> | null = null;
  for (const [name, value] of Object.entries(input)) {
    // Assigned, `__proto__` would change what the row inherits; no reader could want it.
    if (known.has(name) || name === '__proto__' || value === undefined) continue;
    if (!fits(value, MAX_EXTRA_DEPTH)) return name;
    extra ??= {};
    extra[name] = value;
  }
  return extra;
}

function fits(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => fits(inner, depth - 1));
}
