import { DEFAULT_RULES } from '@millrace/ads';
import type { OracleEvent } from '../oracle';
import type { Example, ExampleRow } from './example';

/** A worked example as Markdown: what happens, and the numbers that come of it. */
export const told = (example: Example): string =>
  [
    `### ${example.title}`,
    example.says,
    ['```text', ...example.events.map(happening), '```'].join('\n'),
    ['| row | numbers |', '|---|---|', ...example.rows.map(rowOf)].join('\n'),
  ].join('\n\n');

const localTime = new Intl.DateTimeFormat('sv-SE', { timeZone: DEFAULT_RULES.zone, dateStyle: 'short', timeStyle: 'medium' });

const happening = (e: OracleEvent): string => {
  const ms = e.event_time % 1_000;
  const time = `${localTime.format(e.event_time)}${ms === 0 ? '' : `.${String(ms).padStart(3, '0')}`}`;
  return [time.padEnd(24), e.type.padEnd(11), e.event_id.padEnd(11), e.user_id.padEnd(4), detailsOf(e).join(', ')]
    .join('')
    .trimEnd();
};

const detailsOf = (e: OracleEvent): string[] => {
  const currency = e.currency === undefined ? '' : ` ${e.currency ?? ''}`;
  switch (e.type) {
    case 'exposure':
    case 'click':
      return [
        `ad ${e.ad_id ?? ''} of ${e.merchant_id ?? ''}/${e.campaign_id ?? ''}`,
        `item ${e.item_id ?? 'none'}`,
        `cost ${e.cost_minor ?? 0}${currency}`,
      ];
    case 'message':
      return [`to ${e.merchant_id ?? ''}`, `item ${e.item_id ?? 'none'}`, e.channel ?? ''];
    case 'invalidate':
      return [`of ${e.target_type ?? ''} ${e.target_id ?? ''}`];
    case 'cancel':
      return [`line ${e.order_id ?? ''}/${e.item_id ?? ''} of ${e.merchant_id ?? ''}`];
    default:
      return [`line ${e.order_id ?? ''}/${e.item_id ?? ''} of ${e.merchant_id ?? ''}`, `${e.amount_minor ?? 0}${currency}`];
  }
};

/** `ad|m1|c1|a1|day|2025-03-03` → ad m1/c1/a1 on 2025-03-03. */
const rowOf = ({ row, numbers, ratios = {} }: ExampleRow): string => {
  const parts = row.split('|');
  const [grain = '', ...path] = parts.slice(0, -2);
  const day = parts.at(-1) ?? '';
  const where = [grain, path.join('/')].filter((part) => part !== '').join(' ');
  const basis = parts.at(-2) === 'click_day' ? ', clicks of ' : ', ';
  const values = [
    ...Object.entries(numbers).map(([name, value]) => valueOf(name, value)),
    ...Object.entries(ratios).map(ratioOf),
  ];
  return `| ${where}${basis}${day} | ${values.length > 0 ? values.join(', ') : 'nothing'} |`;
};

const valueOf = (name: string, value: number): string => `\`${name.replace('|', '.')}\` ${value}`;

const ratioOf = ([name, value]: [string, number]): string => `**${name}** ${Number.isInteger(value) ? value : value.toFixed(4)}`;
