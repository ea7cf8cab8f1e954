import { TOPICS } from '@millrace/ads';
import type { Emission, Emitting, PartitionTask, ServingEntry } from '@millrace/stream';
import { cases, histories, interrupted, prove, RULE_SETS, runDwd } from '@millrace/testkit';
import { createDws } from './layer';
import { rowsOf } from './testing/driver';

const emittingOf = (operator: PartitionTask['operator']): Emitting => operator as unknown as Emitting;

/** What the stores are told, frame by frame. An emission is acknowledged only when the next frame has been read. */
class Stores {
  private readonly serving = new Map<string, ServingEntry>();
  private waiting: { readonly by: Emitting; readonly emission: Emission } | null = null;

  take(operator: Emitting, position: number): unknown {
    if (this.waiting?.by === operator) operator.acknowledge(this.waiting.emission);
    const emission = operator.collect(position);
    this.waiting = emission === null ? null : { by: operator, emission };
    for (const entry of emission?.serving ?? []) {
      if ((this.serving.get(entry.key)?.version ?? -1) < entry.version) this.serving.set(entry.key, entry);
    }
    return rowsOf(emission)
      .map((row) => JSON.stringify(row))
      .sort();
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

  it('a serving store that was lost is filled again from the state', () => {
    prove(all, 12, ({ history, frame_rows }) => {
      const { chain } = runDwd(history, { rules, frame_rows });
      const frames = chain.frames(TOPICS.fact);
      const served = (lost: boolean): string => {
        let stores = new Stores();
        interrupted({
          layer: () => createDws({ rules, max_segment_rows: 12 }),
          input: { topic: TOPICS.fact, partition: 0 },
          frames,
          endsAfter: (frame) => frame === frames.length - 2,
          alsoSays: (operator, position) => {
            if (lost && position === frames.length) stores = new Stores();
            return stores.take(emittingOf(operator), position);
          },
        });
        return stores.served().join('\n');
      };
      const [kept, refilled] = [served(false), served(true)];
      // What was open before the last frame and no longer is, is not served again.
      return refilled.split('\n').every((entry) => kept.includes(entry)) && (refilled !== '' || kept === '' || frames.length < 2)
        ? []
        : [`${kept}\n\n${refilled}`];
    });
  });
});
