import type { DatedRules, KeyField, RuleBook, Rules, Zone } from '@millrace/ads';
import { asOfOf, type AsOf, type PositionedRows } from '../store';
import type { Answerable } from './answerable';
import { dayState, type DayState } from './days';
import { instantWriter } from '../instant';
import type { Question } from './question';
import { describeSelection, type MetricDescription } from './describe';
import { maturityOf, type Maturity } from './maturity';
import { modelNotes, rulesByDay } from './rules-by-day';
import { ratioOf, valueOf, type MetricValue, type StoredRow } from './value';

/** `GET /v1/metrics` as JSON. */
export interface MetricsAnswer {
  /** Which store it was read from. */
  readonly store: string;
  readonly asOf: AsOf;
  readonly rules: Rules;
  /** Only where the rules change within the range. */
  readonly rulesByDay?: Readonly<Record<string, DatedRules>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly days: Readonly<Record<string, DayState>>;
  /** Only by the day of the click. */
  readonly maturity?: Readonly<Record<string, Maturity>>;
  readonly metrics: Readonly<Record<string, MetricDescription>>;
  readonly notes: readonly string[];
  readonly truncated: boolean;
  readonly rows: readonly AnswerRow[];
}

export type AnswerRow = {
  readonly window_start: string;
  readonly day?: string;
  readonly metrics: Readonly<Record<string, MetricValue>>;
} & {
  readonly [field in KeyField]?: string;
};

const UNRECONCILED = 'Days that are not reconciled are served from the real-time layer.';

export interface Circumstances {
  readonly book: RuleBook;
  readonly businessZone: Zone;
  readonly businessDays: readonly number[];
  readonly now_ms: number;
  readonly store: string;
}

export const answerOf = (
  { question, notes }: Answerable,
  { at, rows }: PositionedRows<StoredRow>,
  { book, businessZone, businessDays, now_ms, store }: Circumstances,
): MetricsAnswer => {
  const { request, selection, limit } = question;
  const write = instantWriter(request.timezone.name);
  const shown = limit === null ? rows : rows.slice(0, limit);
  const perDay = <Value>(value: (day: number) => Value): Record<string, Value> =>
    Object.fromEntries(businessDays.map((day) => [businessZone.dayName(day), value(day)]));
  const byDay = rulesByDay(book, businessDays, businessZone);
  const days = perDay((day) => dayState(day, businessZone, at.watermark_ms, now_ms));
  return {
    store,
    asOf: asOfOf(at, write),
    rules: book.rules,
    ...(byDay === null ? {} : { rulesByDay: byDay }),
    query: echo(question, write),
    days,
    ...(request.basis === 'click' ? { maturity: perDay((day) => maturityOf(day, businessZone, at.watermark_ms, book)) } : {}),
    metrics: describeSelection(selection, request.basis),
    notes: [
      ...notes,
      ...modelNotes(request.model, book, businessDays, businessZone),
      ...(Object.values(days).every((state) => state === 'reconciled') ? [] : [UNRECONCILED]),
    ],
    truncated: shown.length < rows.length,
    rows: shown.map((row) => rowOf(row, question, write)),
  };
};

const echo = ({ request, grain, keys, order, limit }: Question, write: (time_ms: number) => string): Record<string, unknown> => ({
  from: write(request.from_ms),
  to: write(request.to_ms),
  window: request.window,
  timezone: request.timezone.name,
  grain: grain.name,
  groupBy: keys,
  filter: request.filter,
  basis: request.basis,
  model: request.model,
  order: order === null ? null : `${order.descending ? '-' : ''}${order.name}`,
  limit,
});

const rowOf = (row: StoredRow, { request, keys, selection }: Question, write: (time_ms: number) => string): AnswerRow => {
  const start = Number(row['window_start']);
  return {
    window_start: write(start),
    ...(request.window === 'day' ? { day: request.timezone.dayName(request.timezone.dayOf(start)) } : {}),
    ...Object.fromEntries(keys.map((field) => [field, String(row[field])])),
    metrics: {
      ...Object.fromEntries(selection.metrics.map((chosen) => [chosen.metric.name, valueOf(chosen, row)])),
      ...Object.fromEntries(selection.ratios.map((ratio) => [ratio.name, ratioOf(ratio, row)])),
    },
  };
};
