import {
  ATTRIBUTIONS,
  DAY_MS,
  DEFAULT_RULES,
  FUTURE_TOLERANCE_MS,
  formatDuration,
  GRAINS,
  LAST_TOUCH,
  LATE_REASONS,
  METRICS,
  RATIOS,
  REJECT_REASONS,
  SHARED_MODELS,
  type Part,
} from '@millrace/ads';
import { EXAMPLES } from './examples';
import { told } from './told';

/** `docs/semantics.md`: the definitions, as they are in the code, and the worked examples, as they are tested. */
export const manualPage = (): string =>
  `${[
    '<!-- Made by tools/semantics.mjs of the definitions in libs/ads and the examples in libs/testkit/src/manual. Do not edit. -->',
    '# What every number means',
    INTRODUCTION,
    '## Metrics',
    METRICS_NOTE,
    table(
      ['metric', 'meaning', 'unit', 'split', 'a sealed day may still change'],
      METRICS.map(({ name, description, unit, split, restatable }) => [
        `\`${name}\``,
        description,
        UNITS[unit],
        split ? 'yes' : '',
        restatable ? 'yes' : '',
      ]),
    ),
    '## Ratios',
    'Computed from the sums when they are asked for, never stored or averaged; null where there is nothing to divide by.',
    table(
      ['ratio', 'meaning', 'formula'],
      RATIOS.map(({ name, description, numerator, denominator, scale }) => [
        `\`${name}\``,
        description,
        `${partOf(numerator)} / ${partOf(denominator)}${scale === 1 ? '' : ` × ${scale}`}`,
      ]),
    ),
    '## Grains',
    GRAINS_NOTE,
    table(
      ['grain', 'key', 'windows', 'effects without a click'],
      GRAINS.map(({ name, path, windows, organic }) => [
        `\`${name}\``,
        path.join(', ') || 'none: the whole platform',
        windows.join(', '),
        organic ? 'yes' : 'no',
      ]),
    ),
    '## Who gets the credit',
    CREDIT,
    table(
      ['model', 'who gets what'],
      [
        [`\`${LAST_TOUCH}\``, 'The default: one winner, a direct click before an indirect one, then the latest.'],
        ...SHARED_MODELS.map(({ name, description }) => [`\`${name}\``, description]),
      ],
    ),
    '## When a number is final',
    FINAL,
    '## What is not counted',
    'Rejected by ODS, with the original bytes, so that it can be played again:',
    table(
      ['reason', 'meaning'],
      Object.entries(REJECT_REASONS).map(([code, text]) => [`\`${code}\``, text]),
    ),
    'Too late for the stream: listed in `dwd.late` with its user and day, and put right by the correction run:',
    table(
      ['reason', 'meaning'],
      Object.entries(LATE_REASONS).map(([code, text]) => [`\`${code}\``, text]),
    ),
    '## Worked examples',
    EXAMPLES_NOTE,
    ...EXAMPLES.map(told),
  ].join('\n\n')}\n`;

const UNITS = { events: 'events', users: 'users', minor: 'minor units of the base currency' } as const;

const partOf = ({ metric, attributions }: Part): string =>
  attributions === undefined
    ? `\`${metric}\``
    : `(${attributions.map((attribution) => `\`${metric}.${attribution}\``).join(' + ')})`;

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const { zone, lateness_ms, window_ms, invalidation_ms, line_life_ms, repeat_within_ms } = DEFAULT_RULES;
const said = (ms: number): string => (ms % DAY_MS === 0 ? `${ms / DAY_MS} days` : formatDuration(ms));

const INTRODUCTION = `Days are local days of the business zone (default \`${zone}\`), times milliseconds, amounts whole minor units. The constants below are defaults; [rules.md](rules.md) says
how to change them, and every answer of the API carries those that produced it. Everything depends on which events happened, never on the order in which they arrived.`;

const METRICS_NOTE = `A metric that is *split* exists for each of ${ATTRIBUTIONS.map((attribution) => `\`${attribution}\``).join(', ')}. Users are exact, counted per day and key; they cannot be summed over
keys or days, and such a question is refused. A click counts when it is not repeated, that is, when no other valid click of the same user on the same ad
precedes it by at most ${said(repeat_within_ms)}, and is not invalidated.`;

const GRAINS_NOTE = `An effect counts at ad and campaign grain under the ad of the credited click, at item grain under the item that was sold. Effects are booked on their own day, or, with
\`basis=click\`, on the day of the credited click.`;

const CREDIT = `A click can be credited with a later conversion (or one in the same millisecond) of the same user and merchant. It is *direct* when item and local day are the same, else *indirect*
when it is at most ${said(window_ms)} old. What no click can be credited with is *organic*. An order line (order and item) is credited once: its payments, refunds and cancels have the credit of
its order, for up to ${said(line_life_ms)}. A payment whose order has not come is credited by itself until that comes. Models other than the default share a conversion among the newest candidates, at
most 50, in millionths that sum to exactly one; they are kept where the rules say so.`;

const FINAL = `A conversion is published at once. As long as events may arrive up to ${said(lateness_ms)} out of order, an earlier click can still change its credit: the old row is taken back, the new one put. A
day is \`live\`, then \`closing\` after midnight, \`sealed\` once nothing in time can come any more, and \`reconciled\` when the batch layer has compared it. An invalidation is handled
in the stream for ${said(invalidation_ms)} after its click or exposure; later ones are the correction run's. What is dated more than ${said(FUTURE_TOLERANCE_MS)} ahead is rejected.`;

const EXAMPLES_NOTE = `Each is a test: these events go in, in the order of their arrival, and these numbers come out; what a row does not name is 0.`;
