import { TOPICS } from '@millrace/ads';
import { createDwd } from './dwd';
import { cases, histories, interrupted, prove, RULE_SETS, runDwd } from '@millrace/testkit';

const DAY = 86_400_000;

/** What a process that goes on from a snapshot says is, byte for byte, what the one that ended would have said. */
describe.each(Object.entries(RULE_SETS))('rules: %s', (_name, rules) => {
  // Conflicts, what comes too late and lives that are crossed: the state is kept for all of it.
  const all = cases(histories({ rules, delay_in_lateness: 3, conflicts: true, moves_across_lives: true }));

  it('snapshots at every record, and a new process after some', () => {
    prove(all, 15, ({ history, frame_rows }) => {
      const every = 1 + (history.length % 4);
      const last = history.at(-1)?.deliver_ms ?? 0;
      const { chain } = runDwd(history, { rules, frame_rows, finish_ms: last + 40 * DAY });
      return [TOPICS.action, TOPICS.exposure].flatMap((topic) => {
        const created: ReturnType<typeof createDwd>[] = [];
        const says = (endsAfter: (frame: number) => boolean): string[] =>
          interrupted({
            layer: () => {
              const dwd = createDwd({ rules });
              created.push(dwd);
              return dwd;
            },
            input: { topic, partition: 0 },
            frames: chain.frames(topic),
            endsAfter,
            alsoSays: () => created.at(-1)?.operators.map(({ counters }) => counters),
          });
        const whole = says(() => false);
        const cut = says((frame) => frame % every === every - 1);
        return whole.flatMap((said, i) => (said === cut[i] ? [] : [`${topic}, frame ${i}:\n${said}\n${cut[i]}`]));
      });
    });
  });
});
