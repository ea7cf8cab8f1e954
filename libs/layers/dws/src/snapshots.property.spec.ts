import { decodeServedDay, type Rules, TOPICS, zoneOf } from '@millrace/ads';
import type { Emission, Emitting, PartitionTask, ServingEntry } from '@millrace/stream';
import { cases, histories, interrupted, prove, RULE_SETS, runDwd } from '@millrace/testkit';
import { createDws } from './layer';
import { rowsOf } from './testing/driver';

const emittingOf = (operator: PartitionTask['operator']): Emitting => operator as unknown as Emitting;

const DAY_NAME = /\d{4}-\d\d-\d\d$/;

/** What the stores are told, frame by frame. An emission is acknowledged only when the next frame has been read. */
class Stores {
  private readonly serving = new Map<string, ServingEntry>();
  private watermark_ms = 0;
  private waiting: { readonly by: Emitting; readonly emission: Emission } | null = null;

  take(operator: Emitting, position: number): unknown {
    if (this.waiting?.by === operator) operator.acknowledge(this.waiting.emission);
    const emission = operator.collect(position);
    const progress = rowsOf(emission).find(({ window }) => window === 'progress');
    if (progress !== undefined) this.watermark_ms = Number(progress['watermark']);
    this.waiting = emission === null ? null : { by: operator, emission };
    for (const entry of emission?.serving ?? []) {
      if ((this.serving.get(entry.key)?.version ?? -1) < entry.version) this.serving.set(entry.key, entry);
    }
    return rowsOf(emission)
      .map((row) => JSON.stringify(row))
      .sort();
  }

  /** By key; of a day its values alone, for the rest of it is from when they last changed. */
  totals(): [key: string, value: string][] {
    const entries = [...this.serving.values()].map(({ key, value }): [string, string] => [
      key,
      DAY_NAME.test(key) ? JSON.stringify(decodeServedDay(value).values) : Buffer.from(value).toString(),
    ]);
    return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Without days that are closed in the end: passed by the watermark (R14), or not among the last three with a fact. */
  openTotals({ zone: name }: Pick<Rules, 'zone'>): [key: string, value: string][] {
    const zone = zoneOf(name);
    const totals = this.totals();
    const days = totals.flatMap(([key]) => DAY_NAME.exec(key)?.[0] ?? []).sort();
    const newest = Math.floor(Date.parse(days.at(-1) ?? '1970-01-01') / 86_400_000);
    const first = Math.max(newest - 2, this.watermark_ms === 0 ? -Infinity : zone.dayOf(this.watermark_ms - 1));
    return totals.filter(([key]) => (DAY_NAME.exec(key)?.[0] ?? '9999') >= zone.dayName(first));
  }

  /** Values without their version: a refill says the same again at another position. */
  served(): string[] {
    return [...this.serving.values()].map(({ key, value }) => `${key} ${Buffer.from(value).toString('latin1')}`).sort();
  }
}

describe.each(Object.entries(RULE_SETS))('rules: %s', (_name, rules) => {
  const all = cases(histories({ rules }));

  it.each([100_000, 12])(
    'a process that goes on from a snapshot emits the same rows, segments of %i rows',
    (max_segment_rows) => {
      prove(all, 12, ({ history, frame_rows }) => {
        const { chain } = runDwd(history, { rules, frame_rows });
        const says = (endsAfter: (frame: number) => boolean) => {
          const stores = new Stores();
          const rows = interrupted({
            layer: () => createDws({ rules, max_segment_rows }),
            input: { topic: TOPICS.fact, partition: 0 },
            frames: chain.frames(TOPICS.fact),
            endsAfter,
            alsoSays: (operator, position) => stores.take(emittingOf(operator), position),
          });
          return { rows, served: stores.served() };
        };
        const whole = says(() => false);
        const cut = says((frame) => frame % 3 === 2);
        return [
          ...whole.rows.flatMap((said, i) => (said === cut.rows[i] ? [] : [`frame ${i}:\n${said}\n${cut.rows[i]}`])),
          ...(whole.served.join() === cut.served.join()
            ? []
            : [`served:\n${whole.served.join('\n')}\n\n${cut.served.join('\n')}`]),
        ];
      });
    },
  );

  it('a serving store that was lost is filled again from the state: of every open day what one holds that was not', () => {
    let compared = 0;
    prove(all, 12, ({ history, frame_rows }) => {
      const { chain } = runDwd(history, { rules, frame_rows });
      const frames = chain.frames(TOPICS.fact);
      if (frames.length < 2) return [];
      const stores = (lost: boolean): Stores => {
        let stores = new Stores();
        interrupted({
          layer: () => createDws({ rules, max_segment_rows: 12 }),
          input: { topic: TOPICS.fact, partition: 0 },
          frames,
          endsAfter: (frame) => lost && frame === frames.length - 2,
          alsoSays: (operator, position) => {
            if (lost && position === frames.length) stores = new Stores();
            return stores.take(emittingOf(operator), position);
          },
        });
        return stores;
      };
      const [kept, refilled] = [stores(false), stores(true)];
      const [expected, found] = [kept.openTotals(rules), refilled.totals()];
      compared += found.length;
      return expected.join() === found.join() ? [] : [`${expected.join('\n')}\n\n${found.join('\n')}`];
    });
    expect(compared).toBeGreaterThan(0);
  });
});
