import { refusalOf, type RefusalCode, type Zone } from '@millrace/ads';
import type { Limits } from '../limits';
import { Refusal } from '../problem/refusal';
import type { Question } from './question';
import { attributionsAt, metricsToRead } from './selection';

/** A question that has an answer, and what had to be left out of it. */
export interface Answerable {
  readonly question: Question;
  readonly notes: readonly string[];
}

/** Understood, but without an answer: `reason` is for programs, `detail` says what to change. */
const unanswerable = (reason: string, detail: string): Refusal => new Refusal('unanswerable', detail, { extensions: { reason } });

/** Decides whether a question has an answer. Throws a refusal with an explanation when it has none. */
export const answerable = (
  question: Question,
  businessZone: Zone,
  businessDays: readonly number[],
  limits: Limits,
): Answerable => {
  refuseTooManyDays(businessDays, limits);
  refuseMissingAttribution(question);
  const definitions = { zone: businessZone };
  const refusal = refusalOf(question.request, definitions);
  if (!refusal) return { question, notes: narrowedNotes(question) };

  const { selection, order } = question;
  const users = selection.metrics.filter(({ metric }) => !metric.additive).map(({ metric }) => metric.name);
  // Who asked for everything gets everything that exists; who asked for users by name, or by their order, is told.
  const optional = refusal.code === 'users_not_additive' && !selection.explicit && !users.some((name) => name === order?.name);
  if (!optional) throw unanswerable(refusal.code, `${refusal.detail}${adviceFor(refusal.code, businessZone)}`);

  const additive = { ...selection, metrics: selection.metrics.filter(({ metric }) => metric.additive) };
  const remaining = { ...question, selection: additive, request: { ...question.request, metrics: metricsToRead(additive) } };
  const still = refusalOf(remaining.request, definitions);
  if (still) throw unanswerable(still.code, still.detail);
  return {
    question: remaining,
    notes: [
      ...narrowedNotes(question),
      `Left out: ${users.join(', ')}. ${refusal.detail}${adviceFor(refusal.code, businessZone)}`,
    ],
  };
};

const narrowedNotes = ({ narrowed }: Question): readonly string[] =>
  narrowed ? ['Of the merchants of your key alone; query.filter names them.'] : [];

const adviceFor = (code: RefusalCode, businessZone: Zone): string =>
  code === 'users_not_additive'
    ? ` Users exist per day and key: ask for window=day in ${businessZone.name}, or leave them out of metrics.`
    : '';

const refuseTooManyDays = (days: readonly number[], limits: Limits): void => {
  if (days.length > limits.days)
    throw unanswerable(
      'too_many_days',
      `The range touches ${days.length} days; at most ${limits.days} are answered at once. Ask for a shorter range.`,
    );
};

const refuseMissingAttribution = ({ selection, grain, request }: Question): void => {
  const exists = attributionsAt(grain, request.basis);
  const missing = selection.metrics.flatMap(({ metric, attributions }) =>
    attributions.filter((each) => !exists.includes(each)).map((each) => `${metric.name}.${each}`),
  );
  if (missing.length === 0) return;
  const why =
    request.basis === 'click'
      ? 'By the day of the click there is nothing without a click. Use basis=conversion.'
      : `What has no click belongs to no ${grain.name}. Group and filter by merchant_id or item_id only, or leave it out.`;
  throw unanswerable('organic_not_in_grain', `There is no ${missing.join(', ')}. ${why}`);
};
