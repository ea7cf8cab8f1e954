import { LAST_TOUCH } from '@millrace/ads';
import { createDws } from '@millrace/layer-dws';
import { cellsOfEmissions } from '../fold';
import { histories } from '../histories';
import { oracle } from '../oracle';
import { cases, differences, modelsOf, oracleOptions, prove, RULE_SETS, runDwd } from '../proof';

/** DWD and DWS together: the rows that the stores get equal the oracle, minutes, hours, days, both date bases and every model. */
describe.each(Object.entries(RULE_SETS))('rules: %s', (_name, rules) => {
  it('every row of every window equals the oracle', () => {
    prove(cases(histories({ rules })), 100, ({ history, ...cut }) => {
      const { chain } = runDwd(history, { rules, ...cut, behind: [createDws({ rules })] });
      const emissions = chain.emit('dws');
      const log = history.map(({ event }) => event);
      return modelsOf(rules).flatMap((model) => {
        const { cells } = oracle(log, { ...oracleOptions(rules, model), fine_windows: true });
        // Exposures and clicks have no credit to share: their rows stand under the default model alone.
        const should =
          model === LAST_TOUCH ? cells : new Map([...cells].filter(([cell]) => /\|(direct|indirect|organic)$/.test(cell)));
        return differences(cellsOfEmissions(emissions, { zone: rules.zone, model }), should).map((cell) => `${model}: ${cell}`);
      });
    });
  });
});
