import type { Step } from './step';

const SETTLED_MS = 900_000;

export const traffic: Step = {
  name: 'traffic',
  says: 'a day of generated traffic through the API, with nothing else happening',
  limit_ms: SETTLED_MS,
  needs: { stores: true },
  run: (trial) => trial.underLoad(false, () => Promise.resolve([])),
};

export const totals: Step = {
  name: 'totals',
  says: 'all that was sent in all steps, against the source’s own totals; pods’ restarts, and helm’s history',
  limit_ms: SETTLED_MS,
  needs: { stores: true },
  async run(trial) {
    await trial.ready(120_000);
    return [await trial.check(), ...(await trial.helm.history()).map((line) => `revision ${line}`)];
  },
};
