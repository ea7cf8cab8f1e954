/** An option's value as it is written: in JSON as it is, in the environment and on the command line as text. */
export type Written = string | number | boolean | readonly string[];

/** The part of JSON Schema that options use. */
export interface OptionSchema {
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly items?: { readonly type: 'string'; readonly minLength: 1 };
  readonly minItems?: number;
}

/** One line of an app's option table. */
export interface Option<Value> {
  /** For `--help` and the schema: what it decides, as a phrase. */
  readonly description: string;
  /** What to write, as a phrase that follows "expected": `a whole number from 1 to 64`. */
  readonly expected: string;
  readonly schema: OptionSchema;
  /** Absent: it must be given, unless it is optional. */
  readonly default?: Written;
  /** It may be left out, and is then null. */
  readonly optional?: true;
  /** Its value is never printed, and has no flag, for the command line is everybody's to read. */
  readonly secret?: true;
  /**
   * What the program works with. Throws an Error that says what is wrong; a message of several lines is several problems. Of a
   * secret the message must not repeat anything.
   */
  readonly read: (written: Written) => Value;
}

/** An app's options by path, such as `kafka.brokers`: the one table that makes names, defaults, help, schema and errors. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** What a table's options are once they are read. */
export type Settings<Table extends OptionTable> = {
  readonly [Path in keyof Table]: Table[Path] extends Option<infer Value> ? Value : never;
};

interface Said<Default extends Written> {
  readonly description: string;
  readonly default?: Default;
}

/** Text; of a certain form if `expected` names one and `pattern` or `read` hold to it. */
export function text<Value = string>({
  expected = 'text',
  pattern,
  read = (written) => written as Value,
  ...said
}: Said<string> & { expected?: string; pattern?: string; read?: (written: string) => Value }): Option<Value> {
  return {
    ...said,
    expected,
    schema: { type: 'string', minLength: 1, ...(pattern !== undefined && { pattern }) },
    read: (written) => read(String(written)),
  };
}

/** A whole number, ends included. */
export const integer = ({ from, to, ...said }: Said<number> & { from: number; to: number }): Option<number> => ({
  ...said,
  expected: `a whole number from ${from} to ${to}`,
  schema: { type: 'integer', minimum: from, maximum: to },
  read: Number,
});

/** Yes or no. */
export const flag = (said: Said<boolean>): Option<boolean> => ({
  ...said,
  expected: 'true or false',
  schema: { type: 'boolean' },
  read: Boolean,
});

/** One of a few words. */
export const choice = <const Word extends string>({ of, ...said }: Said<Word> & { of: readonly Word[] }): Option<Word> => ({
  ...said,
  expected: `one of ${of.join(', ')}`,
  schema: { type: 'string', enum: of },
  read: (written) => written as Word,
});

/** Several texts: a list in JSON, separated by commas in the environment and on the command line. */
export const list = <Value = readonly string[]>({
  expected = 'one or more, separated by commas',
  read = (written) => written as Value,
  ...said
}: Said<readonly string[]> & { expected?: string; read?: (written: readonly string[]) => Value }): Option<Value> => ({
  ...said,
  expected,
  schema: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
  read: (written) => read(written as readonly string[]),
});

/** The same, but it may be left out. */
export const optional = <Value>(option: Option<Value>): Option<Value | null> => ({ ...option, optional: true });

/** Text that nobody may see. */
export const secret = <Value = string>(said: {
  readonly description: string;
  readonly expected?: string;
  readonly read?: (written: string) => Value;
}): Option<Value | null> => ({ ...optional(text(said)), secret: true });
