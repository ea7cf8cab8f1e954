import { PromMeter } from '../prom-meter';
import { faultsOf } from './faults-of';

const PARTITION = { layer: 'archive', topic: 'dwd.fact', partition: '0' };
const exporting = async (does: (meter: PromMeter) => void): Promise<string> => {
  const meter = new PromMeter({ service: 'archive', process: false });
  does(meter);
  return meter.text();
};
const about = (faults: readonly string[], what: string): string[] => faults.filter((fault) => fault.includes(what));

test('says what is documented and not exported, and what is exported and not documented', async () => {
  const text = await exporting((meter) => meter.count('rows_in', 5, PARTITION));
  expect(about(faultsOf(text, 'archive', {}), 'millrace_rows_in_total')).toEqual([]);
  expect(about(faultsOf(text, 'archive', {}), 'millrace_rows_out_total')).toEqual(['millrace_rows_out_total has no value']);
  const without = text.replace(/^.*millrace_rows_in_total.*\n/gm, '');
  expect(about(faultsOf(without, 'archive', {}), 'millrace_rows_in_total')).toHaveLength(3);
  const more = `${text}# HELP millrace_secret x\n# TYPE millrace_secret gauge\nmillrace_secret 1\n# TYPE process_x gauge\n`;
  expect(about(faultsOf(more, 'archive', {}), 'secret')).toEqual(['millrace_secret is exported, and not documented for archive']);
  expect(about(faultsOf(more, 'archive', {}), 'process_x')).toEqual([]);
  expect(about(faultsOf(text, 'app', {}), 'rows_in')).toEqual(['millrace_rows_in_total is exported, and not documented for app']);
});

test('says which label is another than documented, or has a value without bound', async () => {
  const text = await exporting((meter) => {
    meter.count('rows_in', 5, { ...PARTITION, layer: 'u-4711' });
    meter.count('rows_out', 5, { layer: 'archive', topic: 'dwd.fact' });
    meter.count('emitted_rows', 5, { table: 'u-4711' });
    meter.gauge('lag_records', NaN, PARTITION);
  });
  const faults = faultsOf(text, 'archive', { table: ['dws_metric'] });
  expect(about(faults, '4711')).toEqual([
    'millrace_rows_in_total has the layer "u-4711", which is not bounded as documented',
    'millrace_emitted_rows_total has the table "u-4711", which is not bounded as documented',
  ]);
  expect(about(faults, 'millrace_rows_out_total')).toEqual([
    'millrace_rows_out_total has the labels layer,topic, not layer,topic,partition',
  ]);
  expect(about(faults, 'millrace_lag_records')).toEqual(['millrace_lag_records is Nan']);
});
