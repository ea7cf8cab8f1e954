import { stringify } from 'csv-stringify/sync';
import type { AnswerRow, MetricsAnswer } from './answer';
import type { Question } from './question';
import { columnName } from './value';

interface CsvColumn {
  readonly header: string;
  value(row: AnswerRow): string | number | null | undefined;
}

/** RFC 4180, with a header: window, keys, one column per metric or attribution, ratios. What is null in JSON is empty here. */
export const csvOf = (question: Question, { rows }: MetricsAnswer): string => {
  const columns = columnsFor(question);
  return stringify([columns.map(({ header }) => header), ...rows.map((row) => columns.map(({ value }) => value(row)))], {
    record_delimiter: 'windows',
  });
};

const columnsFor = ({ request, keys, selection }: Question): readonly CsvColumn[] => [
  { header: 'window_start', value: (row) => row.window_start },
  ...(request.window === 'day' ? [{ header: 'day', value: (row: AnswerRow) => row.day }] : []),
  ...keys.map((field) => ({ header: field, value: (row: AnswerRow) => row[field] })),
  ...selection.metrics.flatMap(({ metric, attributions }) =>
    metric.split
      ? attributions.map((attribution) => ({
          header: columnName(metric.name, attribution),
          value: (row: AnswerRow) => {
            const value = row.metrics[metric.name];
            return typeof value === 'object' ? value?.[attribution] : value;
          },
        }))
      : [plain(metric.name)],
  ),
  ...selection.ratios.map(({ name }) => plain(name)),
];

const plain = (name: string): CsvColumn => ({
  header: name,
  value: (row) => {
    const value = row.metrics[name];
    return typeof value === 'object' ? null : value;
  },
});
