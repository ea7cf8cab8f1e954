import type { MetricsAnswer } from './answer';

/** Batch has compared it: it changes only if it is recomputed. */
const RECONCILED_S = 86_400;
/** Nothing within the allowed disorder can change it; what is later still may, and is rare. */
const SEALED_S = 300;
/** Its days are over, but refunds, cancels or cohorts still restate it (R14). */
const RESTATABLE_S = 60;

/** For how long a copy of the answer may be used unasked, s. Open days change at any moment: 0. */
export const maxAgeOf = ({ days, metrics }: Pick<MetricsAnswer, 'days' | 'metrics'>): number => {
  const states = Object.values(days);
  if (states.some((state) => state === 'live' || state === 'closing')) return 0;
  if (Object.values(metrics).some(({ restatable }) => restatable)) return RESTATABLE_S;
  return states.every((state) => state === 'reconciled') ? RECONCILED_S : SEALED_S;
};

/**
 * What must be equal for a copy to be as good. Of days that are over, the numbers; while a day is open the position as well, for
 * equal numbers that stand for more of the log are news.
 */
export const validatorOf = (answer: MetricsAnswer, format: string): string => {
  const { asOf, ...rest } = answer;
  return JSON.stringify([format, rest, maxAgeOf(answer) === 0 ? asOf : null]);
};
