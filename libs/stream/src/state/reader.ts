import type { Typed, TypedConstructor } from './typed';
import { type Definitions, KNOWN_FROM, MAX_SHORT, NEW_UTF16, NEW_UTF8, TAG } from './writer';

const decoder = new TextDecoder();
/** Nearly every text is short and ASCII: the decoder would take twice as long for it. */
const units: number[] = [];

/** Reads what a `StateWriter` wrote, in the same order. Throws a RangeError on bytes that end too early or make no sense. */
export class StateReader {
  readonly #view: DataView;
  readonly #texts: string[] = [];
  readonly #defined = { texts: new Array<number>(), shapes: new Array<number>() };
  readonly #shapes: (readonly string[])[] = [];
  #at: number;

  /** @param begin where to begin, if not at the beginning, and what was defined before and after */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly begin?: { readonly at: number; readonly defined: Definitions },
  ) {
    this.#at = begin?.at ?? 0;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether everything was read. */
  get atEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  /** Bytes read so far. */
  get at(): number {
    return this.#at;
  }

  /** What was defined in what was read so far: with these another reader can begin anywhere in it. */
  get defined(): Definitions {
    return this.#defined;
  }

  /** All bytes, read or not. */
  copy(): Uint8Array {
    return new Uint8Array(this.bytes);
  }

  count(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }

  number(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  text(): string {
    const place = this.#at;
    const first = this.count();
    if (first >= KNOWN_FROM) return this.#knownText(first - KNOWN_FROM);
    const text = this.#newText(first);
    if (this.begin !== undefined) return text;
    this.#texts.push(text);
    this.#defined.texts.push(place);
    return text;
  }

  string(): string {
    return this.#newText(this.count());
  }

  /** A copy, aligned as its type needs it. */
  array<Array extends Typed>(type: TypedConstructor<Array>): Array {
    const bytes = this.#take(this.count());
    if (bytes.length % type.BYTES_PER_ELEMENT !== 0) throw new RangeError(`${bytes.length} bytes are no whole array`);
    // Not `slice`: a Buffer's gives a view.
    return new type(new Uint8Array(bytes).buffer);
  }

  value(): unknown {
    const tag = this.#byte();
    switch (tag) {
      case TAG.null:
        return null;
      case TAG.undefined:
        return undefined;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.integer:
        return this.#integer();
      case TAG.double:
        return this.number();
      case TAG.text:
        return this.text();
      case TAG.list:
        return Array.from({ length: this.count() }, () => this.value());
      case TAG.record:
        return this.#record();
      default:
        throw new RangeError(`no value begins with ${tag}`);
    }
  }

  #integer(): number {
    const zigzag = this.count();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  #record(): Record<string, unknown> {
    const names = this.#names(this.count());
    const record: Record<string, unknown> = {};
    for (const name of names) record[name] = this.value();
    return record;
  }

  #names(number: number): readonly string[] {
    const known = this.#shapes[number];
    if (known !== undefined) return known;
    if (this.begin !== undefined) return this.#definedAt(this.begin.defined.shapes[number], () => this.#newNames());
    if (number !== this.#shapes.length) throw new RangeError(`no shape ${number}`);
    this.#defined.shapes.push(this.#at);
    const names = this.#newNames();
    this.#shapes.push(names);
    return names;
  }

  #newNames(): readonly string[] {
    return Array.from({ length: this.count() }, () => this.text());
  }

  #knownText(number: number): string {
    return this.#texts[number] ?? this.#definedAt(this.begin?.defined.texts[number], () => this.string());
  }

  /** Reads what is defined somewhere; from here on if that is here. */
  #definedAt<Defined>(place: number | undefined, read: () => Defined): Defined {
    if (place === undefined) throw new RangeError('a reference to what is not defined');
    const { at } = this;
    this.#at = place;
    const defined = read();
    if (place !== at) this.#at = at;
    return defined;
  }

  #newText(kind: number): string {
    if (kind === NEW_UTF8) return this.#utf8(this.count());
    if (kind !== NEW_UTF16) throw new RangeError(`no text begins with ${kind}`);
    let text = '';
    for (const unit of this.array(Uint16Array)) text += String.fromCharCode(unit);
    return text;
  }

  #utf8(length: number): string {
    const bytes = this.#take(length);
    if (length > MAX_SHORT) return decoder.decode(bytes);
    units.length = length;
    for (let i = 0; i < length; i++) {
      const byte = bytes[i] ?? 0;
      if (byte > 0x7f) return decoder.decode(bytes);
      units[i] = byte;
    }
    return String.fromCharCode(...units);
  }

  #byte(): number {
    const byte = this.bytes[this.#at++];
    if (byte === undefined) throw new RangeError('the bytes end too early');
    return byte;
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.bytes.length) throw new RangeError('the bytes end too early');
    const bytes = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
