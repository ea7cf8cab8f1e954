import { allRules, isAlert, isRecording } from '../rules/rule-files';
import { labelsBySeries, notExported } from './exported';
import { queriedBy } from './queried';

const rules = allRules();
const series = labelsBySeries(rules.filter(isRecording));
const wrongIn = (expr: string): string[] => notExported(queriedBy(expr), series);

test.each(rules.map((rule) => [isAlert(rule) ? rule.alert : rule.record, rule.expr]))(
  '%s names only what is exported, with labels that it has',
  (_, expr) => {
    expect(wrongIn(expr)).toEqual([]);
  },
);

describe('what is not exported is told', () => {
  it.each([
    ['a misspelt metric', 'rate(millrace_records_total[5m])', ['millrace_records_total']],
    ['a histogram without its part', 'millrace_freshness_seconds', ['millrace_freshness_seconds']],
    ['a label to choose by', 'millrace_ready{layer="ods"}', ['millrace_ready{layer}']],
    ['a label to sum by', 'sum by (sink) (millrace_ready)', ['sink of millrace_ready']],
    ['a label to match on', 'millrace_ready * on (topic) millrace_ready', ['topic of millrace_ready,millrace_ready']],
  ])('%s', (_, expr, wrong) => expect(wrongIn(expr)).toEqual(wrong));

  it('what is no PromQL at all', () => {
    expect(() => queriedBy('sum(rate(millrace_records_in_total[5m])')).toThrow(SyntaxError);
    expect(() => queriedBy('{layer="ods"}')).toThrow('must name its metric');
  });
});
