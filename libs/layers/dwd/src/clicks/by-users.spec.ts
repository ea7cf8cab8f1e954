import fc from 'fast-check';
import { ClicksOfGroups } from './by-users';
import { Runs } from './runs';

const USERS = 10_000;

test('clicks put into runs by groups of users stand there as if put one by one', () => {
  const clicks = fc.array(fc.record({ user: fc.nat({ max: 30 }).map((n) => (n * 4_093) % USERS), second: fc.nat({ max: 20 }) }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(clicks, fc.integer({ min: 1, max: 100 }), (all, atOnce) => {
      const runs = new Runs();
      /** By second, then by number. */
      const indexIn = (user: number, click: number, second: number): number => {
        let index = 0;
        while (index < runs.length(user) && (runs.time(user, index) - second || runs.click(user, index) - click) < 0) index++;
        return index;
      };
      const expected = new ClicksOfGroups(USERS);
      for (const { user } of all) expected.add(user);
      runs.expect(USERS, all.length);
      let put = 0;
      for (const batch of expected.batches(atOnce)) {
        for (const [click, { user, second }] of all.entries()) {
          if (user < batch.users.from || user >= batch.users.end) continue;
          batch.put(user, click, second, click + 1);
          put++;
        }
        batch.into(runs, indexIn);
      }
      expect(put).toBe(all.length);
      for (const user of new Set(all.map((click) => click.user))) {
        const should = [...all.entries()]
          .filter(([, click]) => click.user === user)
          .sort(([a, x], [b, y]) => x.second - y.second || a - b);
        const run = Array.from({ length: runs.length(user) }, (_, i) => [
          runs.click(user, i),
          runs.time(user, i),
          runs.placement(user, i),
        ]);
        expect(run).toEqual(should.map(([click, { second }]) => [click, second, click + 1]));
        // There is room for more.
        runs.insert(user, run.length, 1_000, 30, 0);
        expect(runs.click(user, run.length)).toBe(1_000);
      }
    }),
  );
});
