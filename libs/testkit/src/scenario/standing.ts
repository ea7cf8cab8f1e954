import type { Fact } from '@millrace/ads';

/** What stands after all signed facts: each that was put and not taken back. Throws where one is taken back that does not stand. */
export function standing(facts: readonly Fact[]): Fact[] {
  const left = new Map<string, Fact>();
  for (const fact of facts) {
    const key = JSON.stringify({ ...fact, sign: 0, ingest_time: 0, uv: 0 });
    if (left.has(key) === (fact.sign === 1)) throw new Error(`put twice, or taken back but never put: ${JSON.stringify(fact)}`);
    if (fact.sign === 1) left.set(key, fact);
    else left.delete(key);
  }
  return [...left.values()];
}
