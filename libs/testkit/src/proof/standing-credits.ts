import { type Fact, WHOLE_CREDIT } from '@millrace/ads';

/**
 * "Signed rows fold to the final state at every moment": what is wrong on the way, in words. After every row an event has
 * at most one whole credit per model, and a row is taken back only where it stands; when a record is finished, credits are
 * whole or gone.
 */
export function brokenCredits(records: readonly (readonly Fact[])[]): string[] {
  const standing = new Map<string, number>();
  const credit = new Map<string, number>();
  const broken: string[] = [];
  const add = (sums: Map<string, number>, key: string, value: number): number => {
    const sum = (sums.get(key) ?? 0) + value;
    sums.set(key, sum);
    return sum;
  };
  for (const facts of records) {
    const touched = new Set<string>();
    for (const fact of facts) {
      const event = JSON.stringify([fact.kind, fact.user_id, fact.source, fact.event_id, fact.model]);
      const row = JSON.stringify({ ...fact, sign: 0, ingest_time: 0, uv: 0, version: 0 });
      touched.add(event);
      if (add(standing, row, fact.sign) < 0) broken.push(`taken back, but never put: ${JSON.stringify(fact)}`);
      const sum = add(credit, event, fact.sign * fact.credit_micro);
      if (sum < 0 || sum > WHOLE_CREDIT) broken.push(`${event} has ${sum} micro-credits after ${JSON.stringify(fact)}`);
    }
    for (const event of touched) {
      const sum = credit.get(event) ?? 0;
      if (sum !== 0 && sum !== WHOLE_CREDIT) broken.push(`${event} is left with ${sum} micro-credits`);
    }
  }
  return broken;
}
