import type { KeyField } from '@millrace/ads';
import type { Faults } from '../problem/faults';
import { unknownName } from '../problem/nearest';
import { KEY_FIELDS } from './grain';

export type Filter = Partial<Record<KeyField, readonly string[]>>;

const MAX_VALUES = 1_000;

/** `merchant_id:1304,1305`, several fields by repeating the parameter; a comma or backslash of an id is written `\,` and `\\`. */
export const parseFilter = (given: readonly string[], faults: Faults): Filter => {
  const filter: Partial<Record<KeyField, string[]>> = {};
  for (const text of given) {
    const colon = text.indexOf(':');
    const name = colon < 0 ? text : text.slice(0, colon);
    const field = KEY_FIELDS.find((known) => known === name);
    const values = colon < 0 ? [] : splitEscaped(text.slice(colon + 1)).filter((value) => value !== '');
    if (field === undefined) faults.add('filter', unknownName('field', name, KEY_FIELDS));
    else if (values.length === 0)
      faults.add('filter', `"${text}" names no value. Write ${field}:VALUE, or ${field}:VALUE,VALUE.`);
    else filter[field] = [...new Set([...(filter[field] ?? []), ...values])];
  }
  for (const [field, values] of Object.entries(filter)) {
    if (values.length > MAX_VALUES)
      faults.add(
        'filter',
        `${field} has ${values.length} values; at most ${MAX_VALUES} are taken. Ask several times, or group instead.`,
      );
  }
  return filter;
};

const splitEscaped = (list: string): string[] => {
  const values = [''];
  for (let at = 0; at < list.length; at++) {
    const escaped = list[at] === '\\' && (list[at + 1] === ',' || list[at + 1] === '\\');
    if (list[at] === ',') values.push('');
    else values.push((values.pop() ?? '') + (escaped ? list[++at] : list[at]));
  }
  return values;
};
