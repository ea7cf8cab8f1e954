import type { JSONScalar } from '@millrace/ads';

/**
 * How a JSON record is laid out: the bytes that stand between its values, and what kind of value stands at each place.
 * Producers write their records from one template, so the next record mostly has the layout of one before it.
 */
export interface Layout {
  /** In the order of the record; pinned ones are not among them. */
  readonly values: readonly PlacedValue[];
  /** Values that are part of what must stand there, by path. */
  readonly pinned: ReadonlyMap<string, JSONScalar>;
  /** Paths of all objects in the record but the outermost. */
  readonly containers: ReadonlySet<string>;
  /** What stands behind the last value. */
  readonly tail: string;
}

export interface PlacedValue {
  /** Names joined by dots, as declarations write them. */
  readonly path: string;
  /** What stands between the value before this one and this one. */
  readonly before: string;
  readonly kind: ValueKind;
  /** Neither null nor empty in any record of the layout. */
  readonly present: boolean;
}

/** What a layout must know of the value at a path: nothing, that it is there, or what it is. */
export type Pin = 'free' | 'present' | 'pinned';

/** `integer`: digits that a double holds exactly; `other`: any other number, true and false. */
export type ValueKind = 'text' | 'integer' | 'null' | 'other';

/** Digits of a number that surely is a safe integer. */
export const MAX_DIGITS = 15;

const NAME = /"([ !#-[\]-~]+)":/y;
const VALUE = /"[ !#-[\]-~]*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

/**
 * The layout of a record; null when the record is not one that a layout reader understands: with white space, escapes,
 * characters beyond ASCII, lists, names that come twice, or names that have a dot in them.
 *
 * @param pinOf what the layout must know of the value at a path
 */
export function layoutOf(text: string, pinOf: (path: string) => Pin): Layout | null {
  const values: PlacedValue[] = [];
  const pinned = new Map<string, JSONScalar>();
  const containers = new Set<string>();
  const seen = new Set<string>();
  let at = 0;
  let literalFrom = 0;

  const matched = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };

  /** Behind the opening brace; true when the object was understood, and `at` is behind its closing brace. */
  const readObject = (prefix: string): boolean => {
    for (let first = true; ; first = false) {
      if (first && text[at] === '}') return ++at > 0;
      const name = matched(NAME)?.[1];
      if (name === undefined || name.includes('.') || name === '__proto__') return false;
      const path = prefix + name;
      if (seen.has(path)) return false;
      seen.add(path);
      if (text[at] === '{') {
        containers.add(path);
        at++;
        if (!readObject(`${path}.`)) return false;
      } else if (!readValue(path)) return false;
      const separator = text[at++];
      if (separator === '}') return true;
      if (separator !== ',') return false;
    }
  };

  const readValue = (path: string): boolean => {
    const from = at;
    const value = matched(VALUE)?.[0];
    if (value === undefined) return false;
    const kind = kindOf(value);
    const pin = pinOf(path);
    const present = pin === 'present' && value !== '""' && (kind === 'text' || kind === 'integer');
    if (pin !== 'free' && !present) {
      pinned.set(path, JSON.parse(value) as JSONScalar);
      return true;
    }
    values.push({ path, before: text.slice(literalFrom, from), kind, present });
    literalFrom = at;
    return true;
  };

  if (text[at++] !== '{' || !readObject('') || at !== text.length) return null;
  return { values, pinned, containers, tail: text.slice(literalFrom) };
}

function kindOf(value: string): ValueKind {
  if (value.startsWith('"')) return 'text';
  if (value === 'null') return 'null';
  return /^[0-9]+$/.test(value) && value.length <= MAX_DIGITS ? 'integer' : 'other';
}
