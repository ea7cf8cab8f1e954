import { type Rejection, rejection } from '@millrace/ads';
import type { FormatDeclaration } from '../declaration/declaration';
import { splitRow } from './row';

/** What a record holds: any JSON value, or the fields of a row; wrapped, for a hostile record may look like a rejection. */
export type Decoded = { readonly record: unknown } | Rejection | typeof HEADER;

export type Decoder = (bytes: Uint8Array) => Decoded;

/** The record only names the columns. */
export const HEADER = Symbol('header');

export const DELIMITERS = { csv: ',', tsv: '\t' } as const;

/** Whether quotes are quotes (RFC 4180) in this format. */
export const isQuoted = ({ type, quoted }: FormatDeclaration): boolean => quoted ?? type === 'csv';

export function compileDecoder(format: FormatDeclaration): Decoder {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const parse = format.type === 'json' ? parseJson : rowParser(format, DELIMITERS[format.type]);
  return (bytes) => {
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch {
      return NOT_UTF8;
    }
    return parse(text);
  };
}

const NOT_UTF8 = rejection('not_utf8', null, 'text in UTF-8');
const NOT_JSON = rejection('not_json', null, 'one JSON object');

function parseJson(text: string): Decoded {
  try {
    return { record: JSON.parse(text) as unknown };
  } catch {
    return NOT_JSON;
  }
}

function rowParser({ columns = [], header = false, ...format }: FormatDeclaration, delimiter: string): (text: string) => Decoded {
  const quoted = isQuoted(format);
  const notARow: Rejection = rejection('not_a_row', null, `${columns.length} columns (${columns.join(', ')})`);
  return (text) => {
    const fields = splitRow(withoutLineEnd(text), delimiter, quoted);
    if (fields === null || fields.length !== columns.length) return notARow;
    return header && fields.every((field, i) => field === columns[i]) ? HEADER : { record: fields };
  };
}

function withoutLineEnd(text: string): string {
  const end = text.endsWith('\n') ? text.length - 1 : text.length;
  return text.slice(0, text.charAt(end - 1) === '\r' ? end - 1 : end);
}
