import { asCurrency, asId, asInteger, asTime, FUTURE_TOLERANCE_MS } from '@millrace/ads';
import type { SourceDeclaration } from '../declaration/declaration';
import type { EventList } from '../event-list';
import { REFUSED } from '../mapping/field';
import { layoutOf, type Pin } from './layout';
import { layoutSource } from './layout-source';
import { pinsOf, planEvents } from './plan';

/** What a source says about events beyond its mappings: the same for every record. */
export interface EventRules {
  readonly base_currency: string;
  readonly covers: (currency: string, time_ms: number) => boolean;
  readonly placeholder_users: readonly string[];
  readonly user_aliases: ReadonlyMap<string, string>;
}

/** Reads the record in the scratch bytes, if it has one layout and all is well with it. */
type CompiledLayout = (length: number, ingest_time_ms: number, events: EventList) => boolean;

/** Longer records are the general path's. */
const MAX_LENGTH = 1 << 15;
/** Behind the longest record: words are compared, and literals, that reach beyond its end. */
const SPARE = 1 << 10;
const MAX_LITERAL = SPARE - 8;
/** Layouts held at a time, and layouts ever tried to be learnt: what comes after is read by the general path. */
const MAX_LAYOUTS = 16;
const MAX_LESSONS = 64;
/** So many more records missed than read, and nothing more is tried. */
const PATIENCE = 2_000;

/**
 * Reads the JSON records of a source that have the layout of an accepted one before them: the bytes between the values are compared with
 * that one's, and only values are looked at. Whatever is unusual, and whatever might be rejected, is left to the general path, which is
 * also the judge of this one in a property test (layout-reader.property.spec.ts; docs/adr/0014-records-read-by-layout.md).
 */
export class LayoutReader {
  readonly #declaration: SourceDeclaration;
  readonly #pinOf: (path: string) => Pin;
  readonly #scratch = new Uint8Array(MAX_LENGTH + SPARE);
  readonly #view = new DataView(this.#scratch.buffer);
  readonly #utf8 = new TextDecoder();
  readonly #compile: (code: string, constants: readonly unknown[]) => CompiledLayout;
  /** The one that fitted last comes first. */
  readonly #layouts: CompiledLayout[] = [];
  #lessons = MAX_LESSONS;
  #patience = PATIENCE;

  constructor(declaration: SourceDeclaration, rules: EventRules) {
    this.#declaration = declaration;
    this.#pinOf = pinsOf(declaration);
    this.#compile = compiler(this.#scratch, this.#view, (length) => this.#utf8.decode(this.#scratch.subarray(0, length)), rules);
  }

  /** True when the record was read, and its events were appended; else nothing has happened. */
  read(bytes: Uint8Array, ingest_time_ms: number, events: EventList): boolean {
    const { length } = bytes;
    const layouts = this.#layouts;
    if (layouts.length === 0 || length > MAX_LENGTH) return false;
    this.#scratch.set(bytes);
    // No value is plain here, no literal has it: nothing is read beyond the end.
    this.#scratch[length] = 0;
    for (let i = 0; i < layouts.length; i++) {
      const layout = layouts[i] as CompiledLayout;
      if (!layout(length, ingest_time_ms, events)) continue;
      if (i > 0) {
        layouts[i] = layouts[0] as CompiledLayout;
        layouts[0] = layout;
      }
      if (this.#patience < PATIENCE) this.#patience++;
      return true;
    }
    if (--this.#patience === 0) {
      layouts.length = 0;
      this.#lessons = 0;
    }
    return false;
  }

  /** The general path has accepted a record that `read` did not. */
  learn(bytes: Uint8Array): void {
    if (this.#lessons === 0 || this.#layouts.length === MAX_LAYOUTS || bytes.length > MAX_LENGTH) return;
    this.#lessons--;
    const text = this.#utf8.decode(bytes);
    const layout = layoutOf(text, this.#pinOf);
    if (layout === null || [layout.tail, ...layout.values.map(({ before }) => before)].some(({ length }) => length > MAX_LITERAL))
      return;
    const plans = planEvents(this.#declaration, layout, JSON.parse(text));
    if (plans === null) return;
    const { code, constants } = layoutSource(layout, plans);
    this.#layouts.unshift(this.#compile(code, constants));
  }
}

function compiler(
  bytes: Uint8Array,
  view: DataView,
  textOf: (length: number) => string,
  { base_currency, covers, placeholder_users, user_aliases }: EventRules,
): (code: string, constants: readonly unknown[]) => CompiledLayout {
  const placeholders = new Set(placeholder_users);
  const lengths = placeholder_users.reduce((mask, { length }) => mask | (1 << (length & 31)), 0);
  const scope = {
    bytes,
    view,
    textOf,
    plain: PLAIN,
    digit: DIGIT,
    skip: (at: number): number => skipScalar(bytes, at),
    scalar,
    isPlaceholder: (user_id: string): boolean => (lengths & (1 << (user_id.length & 31))) !== 0 && placeholders.has(user_id),
    userOf: user_aliases.size === 0 ? (user_id: string) => user_id : (user_id: string) => user_aliases.get(user_id) ?? user_id,
    tolerance: FUTURE_TOLERANCE_MS,
    base_currency,
    covers,
    refused: REFUSED,
    asId,
    asTime,
    asInteger,
    asCurrency,
  };
  return (code, constants) => {
    const make = new Function(
      'constants',
      ...Object.keys(scope),
      `'use strict'; return (length, ingest_time, events) => {${code}\n}`,
    );
    return make(constants, ...Object.values(scope)) as CompiledLayout;
  };
}

const QUOTE = 34;
const BACKSLASH = 92;

/** Bytes that stand for themselves in a JSON text and in every id. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte <= 0x7e && byte !== QUOTE && byte !== BACKSLASH),
);
const DIGIT = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte >= 0x30 && byte <= 0x39));

/** The value as JSON reads it. */
const scalar = (text: string, from: number, to: number): unknown =>
  text.charCodeAt(from) === QUOTE ? text.substring(from + 1, to - 1) : (JSON.parse(text.substring(from, to)) as unknown);

/** The place behind the scalar that begins at `at`; -1 when there is none, or one that is not plain. */
function skipScalar(bytes: Uint8Array, at: number): number {
  if (bytes[at] === QUOTE) {
    at++;
    while (PLAIN[bytes[at] as number] === 1) at++;
    return bytes[at] === QUOTE ? at + 1 : -1;
  }
  if (bytes[at] === MINUS || DIGIT[bytes[at] as number] === 1) return skipNumber(bytes, at);
  for (const word of WORDS) if (word.every((code, i) => bytes[at + i] === code)) return at + word.length;
  return -1;
}

const MINUS = 45;
const ZERO = 48;
const POINT = 46;
const WORDS = ['null', 'true', 'false'].map((word) => Array.from(word, (character) => character.charCodeAt(0)));

/** The grammar of RFC 8259; -1 when there is no number. */
function skipNumber(bytes: Uint8Array, at: number): number {
  if (bytes[at] === MINUS) at++;
  const whole = at;
  at = skipDigits(bytes, at);
  if (at === whole || (bytes[whole] === ZERO && at - whole > 1)) return -1;
  if (bytes[at] === POINT) {
    const fraction = ++at;
    at = skipDigits(bytes, at);
    if (at === fraction) return -1;
  }
  // e or E
  if (((bytes[at] as number) | 0x20) === 0x65) {
    at++;
    if (bytes[at] === MINUS || bytes[at] === 43) at++;
    const exponent = at;
    at = skipDigits(bytes, at);
    if (at === exponent) return -1;
  }
  return at;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  while (DIGIT[bytes[at] as number] === 1) at++;
  return at;
}
