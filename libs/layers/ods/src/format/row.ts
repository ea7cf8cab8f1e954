/**
 * The fields of one CSV or TSV record; null when its quoting is broken. RFC 4180: a field that begins with a quote ends with one, and holds
 * quotes doubled. A quote inside an unquoted field is taken as it stands, for real logs have them.
 */
export function splitRow(text: string, delimiter: string, quoted: boolean): readonly string[] | null {
  if (!quoted || !text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let end: number;
    if (text.charAt(at) === '"') {
      const closing = closingQuote(text, at + 1);
      if (closing < 0) return null;
      fields.push(text.slice(at + 1, closing).replaceAll('""', '"'));
      end = closing + 1;
      if (end < text.length && text.charAt(end) !== delimiter) return null;
    } else {
      const next = text.indexOf(delimiter, at);
      end = next < 0 ? text.length : next;
      fields.push(text.slice(at, end));
    }
    if (end >= text.length) return fields;
    at = end + 1;
  }
}

/** The place of the quote that closes a field, skipping doubled ones; -1 when none does. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text.charAt(at + 1) !== '"') return at;
  }
  return -1;
}
